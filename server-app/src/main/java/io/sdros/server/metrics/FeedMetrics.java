package io.sdros.server.metrics;

import io.sdros.transport.undertow.FeedStatistics;
import java.util.function.Supplier;

/** The viewers of a stream, and what was sent to them. */
public record FeedMetrics(Supplier<FeedStatistics> statistics) implements MetricSource {

    @Override
    public void addTo(MetricFamilies families) {
        FeedStatistics counted = statistics.get();
        families
            .summedGauge("clients", "Clients connected now.", counted.viewers())
            .counter("clients_accepted_total", "Clients connected since the start.", counted.viewersTotal())
            .counter("clients_closed_total", "Client connections ended, by reason.", "reason", ReasonCounts.of(counted.closedByReason()))
            .counter("video_messages_sent_total", "Video messages handed to the kernel, one per frame and client.", counted.videoMessages())
            .counter("video_sent_bytes_total", "Bytes of those messages.", counted.videoBytes())
            .counter("telemetry_sent_total", "Telemetry messages handed to the kernel, one per message and client.", counted.telemetryMessages())
            .counter("inbound_messages_total", "Messages clients sent, which are ignored.", counted.inboundMessages())
            .histogram("commit_to_socket_delay_seconds",
                "From the moment a frame is committed to its last byte being handed to the kernel, per viewer.",
                HistogramSnapshot.of(counted.delay()));
    }
}
