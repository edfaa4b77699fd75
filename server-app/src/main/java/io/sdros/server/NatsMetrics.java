package io.sdros.server;

/**
 * How the connection to NATS is doing.
 *
 * @param enabled false when the settings say there is none
 */
record NatsMetrics(boolean enabled, boolean connected, long reconnects) {

    static NatsMetrics off() {
        return new NatsMetrics(false, false, 0);
    }
}
