package io.sdros.server.metrics;

import java.util.Map;

/**
 * What the fan-out has counted since the start, over all clients, those that have gone included.
 *
 * @param lagEvents how often a client fell behind
 * @param framesDropped frames queued for a client and not sent, by reason
 */
public record FanoutMetrics(long lagEvents, Map<String, Long> framesDropped, long keyframeRequestsSent, long keyframeRequestsCoalesced,
                     long keyframeRequestsFailed) {

    public FanoutMetrics {
        framesDropped = Map.copyOf(framesDropped);
    }
}
