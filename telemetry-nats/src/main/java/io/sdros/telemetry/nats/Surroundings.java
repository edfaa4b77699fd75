package io.sdros.telemetry.nats;

/**
 * What all connections of one relay share.
 *
 * @param lines how many lines about events of connections may be logged
 */
record Surroundings(
        RelayConfig config,
        RelayThreads threads,
        RelayCounters counters,
        Denials denials,
        LineBudget lines,
        Delivery delivery) {
}
