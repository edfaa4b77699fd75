package io.sdros.server.metrics;

import io.sdros.relay.nats.OriginStatistics;
import java.util.Map;
import java.util.function.Supplier;

/** A stream that goes out to other machines. */
public record OriginMetrics(Supplier<OriginStatistics> statistics) implements MetricSource {

    private static final double NANOS_PER_SECOND = 1e9;

    @Override
    public void addTo(MetricFamilies families) {
        OriginStatistics counted = statistics.get();
        families
            .counter("relay_frames_published_total", "Frames published for other machines.", counted.published())
            .counter("relay_published_bytes_total", "Bytes of those frames, each once, however many machines take it.",
                counted.publishedBytes())
            .counter("relay_skips_total", "Times frames were held back or left out because they came, or would have come, too late.",
                "side", Map.of("origin", counted.windowClosings()))
            .counter("relay_joins_total", "Joins, by how they went.", "result",
                Map.of("replayed", counted.replays(), "nothing_to_replay", counted.emptyReplays()))
            .counter("relay_malformed_total", "Messages on the relay's subjects that are none.", counted.malformed())
            .gauge("relay_demand", "How many machines want the stream.", counted.edges())
            .gauge("relay_standby", "1 while another server publishes the stream of this name.", counted.standby() ? 1 : 0)
            .gauge("relay_lag_seconds", "How much later frames arrive than at best.", counted.lagNanos() / NANOS_PER_SECOND);
        if (counted.rttNanos() > 0) {
            families.gauge("relay_rtt_seconds", "To another machine and back.", counted.rttNanos() / NANOS_PER_SECOND);
        }
    }
}
