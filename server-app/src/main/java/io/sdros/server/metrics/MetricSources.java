package io.sdros.server.metrics;

import java.util.function.Supplier;

/** Where the metrics come from. The suppliers are called once per scrape, on the thread that scrapes, possibly by several at once. */
public record MetricSources(
    Supplier<FrameMetrics> frames,
    Supplier<FanoutMetrics> fanout,
    Supplier<ClientMetrics> clients,
    Supplier<NatsMetrics> nats,
    FrameSizeHistogram frameSizes,
    TelemetryCounters telemetry) {
}
