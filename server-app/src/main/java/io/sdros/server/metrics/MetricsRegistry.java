package io.sdros.server.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** All metrics of one server, its JVM's included. Several may live in one process. Any thread. */
public final class MetricsRegistry {

    /** What {@link #scrape} returns, for the Content-Type header. */
    public static final String CONTENT_TYPE = TextFormat.CONTENT_TYPE_004;

    private final CollectorRegistry registry = new CollectorRegistry();
    private boolean jvmRegistered;

    public MetricsRegistry(String version, List<MetricSource> sources) {
        registry.register(new SourcesCollector(sources, version));
    }

    /** Every metric as it is now, in the Prometheus text format 0.0.4. */
    public String scrape() {
        registerJvmOnce();
        StringWriter text = new StringWriter(16_384);
        try {
            TextFormat.write004(text, registry.metricFamilySamples());
        } catch (IOException e) {
            throw new UncheckedIOException("A StringWriter does not fail", e);
        }
        return text.toString();
    }

    /** Left until the first scrape, since it takes 50 to 100 ms, which a start need not wait for. */
    private synchronized void registerJvmOnce() {
        if (!jvmRegistered) {
            DefaultExports.register(registry);
            jvmRegistered = true;
        }
    }
}
