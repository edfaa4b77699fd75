package io.sdros.server.metrics;

import io.sdros.relay.nats.EdgeStatistics;
import java.util.Map;
import java.util.function.Supplier;

/** A stream that comes from another machine. */
public record RelayMetrics(Supplier<EdgeStatistics> counted) implements MetricSource {

    private static final double NANOS_PER_SECOND = 1e9;

    @Override
    public void addTo(MetricFamilies families) {
        EdgeStatistics now = counted.get();
        families
            .counter("relay_frames_received_total", "Frames that came from another machine and were taken.", now.received())
            .counter("relay_frames_lost_total", "Frames that did not come from another machine, by where they were lost.", "where",
                now.lost())
            .counter("relay_foreign_frames_total", "Frames of an origin that is not the one that is taken.", now.foreign())
            .counter("relay_malformed_total", "Messages on the relay's subjects that are none.", now.malformed())
            .counter("relay_skips_total", "Times frames were left out because they came, or would have come, too late.", "side",
                Map.of("edge", now.skips()))
            .counter("relay_joins_total", "Times a stream of another machine was joined, by how it went.", "result", now.joins())
            .gauge("relay_demand", "1 while the stream is asked for from another machine.", now.wanted() ? 1 : 0)
            .gauge("relay_lag_seconds", "How late the last frame from another machine was, against the earliest of a minute.",
                now.lagNanos() / NANOS_PER_SECOND);
        if (now.roundTripNanos() >= 0) {
            families.gauge("relay_rtt_seconds", "To the origin and back.", now.roundTripNanos() / NANOS_PER_SECOND);
        }
    }
}
