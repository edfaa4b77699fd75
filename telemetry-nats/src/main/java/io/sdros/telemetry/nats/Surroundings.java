package io.sdros.telemetry.nats;

import io.sdros.telemetry.nats.connection.ConnectionThreads;
import io.sdros.telemetry.nats.connection.LineBudget;

/**
 * What all connections of one relay share.
 *
 * @param lines how many lines about events of connections may be logged
 */
record Surroundings(
        RelayConfig config,
        ConnectionThreads threads,
        RelayCounters counters,
        Denials denials,
        LineBudget lines,
        Delivery delivery) {
}
