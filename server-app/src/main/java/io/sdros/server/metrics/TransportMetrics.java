package io.sdros.server.metrics;

import io.sdros.transport.undertow.TransportStatistics;
import java.util.function.Supplier;

/** Connections that are no clients, or not yet: they belong to no stream. */
public record TransportMetrics(Supplier<TransportStatistics> statistics) implements MetricSource {

    @Override
    public void addTo(MetricFamilies families) {
        TransportStatistics counted = statistics.get();
        families
            .counter("clients_refused_total", "Clients turned away before the connection was upgraded, by reason.", "reason",
                ReasonCounts.of(counted.refusedByReason()))
            .gauge("http_connections", "Connections that are no clients of the stream, or not yet.", counted.httpConnections())
            .counter("http_connections_cut_total", "Connections of that kind ended for a new one, by the limit that was reached.",
                "reason", ReasonCounts.of(counted.httpConnectionsCut()));
    }
}
