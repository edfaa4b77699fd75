package io.sdros.server;

/**
 * How the connection to NATS is doing.
 *
 * @param enabled false when the settings say there is none
 * @param droppedUnseen messages the NATS client dropped because they were not taken from it in time; their subjects are not known
 */
record NatsMetrics(boolean enabled, boolean connected, long reconnects, long droppedUnseen) {

    static NatsMetrics off() {
        return new NatsMetrics(false, false, 0, 0);
    }
}
