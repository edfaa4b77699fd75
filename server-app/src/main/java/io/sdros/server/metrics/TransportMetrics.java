package io.sdros.server.metrics;

import io.sdros.transport.undertow.TransportStatistics;
import java.util.function.Supplier;

/** The connections of clients and of others. */
public record TransportMetrics(Supplier<TransportStatistics> statistics) implements MetricSource {

    @Override
    public void addTo(MetricFamilies families) {
        TransportStatistics counted = statistics.get();
        families
            .gauge("clients", "Clients connected now.", counted.clients())
            .counter("clients_accepted_total", "Clients connected since the start.", counted.clientsTotal())
            .counter("clients_closed_total", "Client connections ended, by reason.", "reason", ReasonCounts.of(counted.closedByReason()))
            .counter("clients_refused_total", "Clients turned away before the connection was upgraded, by reason.", "reason",
                ReasonCounts.of(counted.refusedByReason()))
            .gauge("http_connections", "Connections that are no clients of the stream, or not yet.", counted.httpConnections())
            .counter("http_connections_cut_total", "Connections of that kind ended for a new one, by the limit that was reached.",
                "reason", ReasonCounts.of(counted.httpConnectionsCut()))
            .counter("video_messages_sent_total", "Video messages handed to the kernel, one per frame and client.", counted.videoMessages())
            .counter("video_sent_bytes_total", "Bytes of those messages.", counted.videoBytes())
            .counter("telemetry_sent_total", "Telemetry messages handed to the kernel, one per message and client.", counted.telemetryMessages())
            .counter("inbound_messages_total", "Messages clients sent, which are ignored.", counted.inboundMessages())
            .histogram("commit_to_socket_delay_seconds",
                "From the moment a frame is committed to its last byte being handed to the kernel, per viewer.",
                HistogramSnapshot.of(counted.delay()));
    }
}
