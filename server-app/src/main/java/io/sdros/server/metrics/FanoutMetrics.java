package io.sdros.server.metrics;

import io.sdros.fanout.BroadcasterStatistics;
import io.sdros.fanout.DropReason;
import io.sdros.fanout.KeyframeRequestStatistics;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The fan-out of frames, over all clients, those that have gone included.
 *
 * @param requests turns the keyframe requests that the fan-out counted into what became of them
 */
public record FanoutMetrics(Supplier<BroadcasterStatistics> statistics, UnaryOperator<KeyframeRequestStatistics> requests)
        implements MetricSource {

    @Override
    public void addTo(MetricFamilies families) {
        BroadcasterStatistics counted = statistics.get();
        KeyframeRequestStatistics asked = requests.apply(counted.keyframeRequests());
        families
            .counter("lag_events_total", "Times a client fell behind and frames were dropped for it.", counted.lagEvents())
            .counter("frames_dropped_total", "Frames queued for a client and not sent to it, by reason.", "reason",
                ReasonCounts.of(List.of(DropReason.values()), counted::dropped))
            .counter("keyframe_requests_total", "Keyframes asked for: sent, held back (coalesced) or failed to send.", "result", Map.of(
                "sent", asked.sent(),
                "coalesced", asked.coalesced(),
                "failed", asked.failed()));
    }
}
