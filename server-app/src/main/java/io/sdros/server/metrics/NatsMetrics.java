package io.sdros.server.metrics;

/**
 * How the connection to NATS is doing.
 *
 * @param enabled false when the settings say there is none
 * @param droppedUnseen messages the NATS client dropped because they were not taken from it in time; their subjects are not known
 * @param denied subjects the server does not allow now
 * @param subscriptionsRefused how often the server refused one since the start
 * @param messagesRefused likewise
 * @param slowConsumerCuts connections that ended because telemetry arrived faster than it was taken
 */
public record NatsMetrics(boolean enabled, boolean connected, long reconnects, long droppedUnseen, int denied,
                   long subscriptionsRefused, long messagesRefused, long slowConsumerCuts) {

    public static NatsMetrics off() {
        return new NatsMetrics(false, false, 0, 0, 0, 0, 0, 0);
    }
}
