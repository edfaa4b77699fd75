package io.sdros.server.metrics;

import io.sdros.transport.undertow.DelayHistogram;
import io.sdros.transport.undertow.DelayStage;
import io.sdros.transport.undertow.FeedStatistics;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

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
            .counter("inbound_messages_total", "Messages clients sent that were ignored.", counted.inboundMessages())
            .histogram("commit_to_socket_delay_seconds",
                "From the moment a frame is committed to its last byte being handed to the kernel, per viewer.",
                HistogramSnapshot.of(counted.delay()))
            .counter("feedback_total", "Feedback of clients that speak sdr.2, by what became of it.", "result",
                ReasonCounts.of(counted.feedback()))
            .histogram("viewer_delay_seconds", "How long frames were on each stage of their way, as clients that speak sdr.2 say.",
                "stage", stages(counted.viewerDelays()));
    }

    private static Map<String, HistogramSnapshot> stages(Map<DelayStage, DelayHistogram> delays) {
        return delays.entrySet().stream()
            .collect(Collectors.toMap(delay -> delay.getKey().label(), delay -> HistogramSnapshot.of(delay.getValue())));
    }
}
