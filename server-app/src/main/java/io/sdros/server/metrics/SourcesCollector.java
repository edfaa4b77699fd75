package io.sdros.server.metrics;

import io.prometheus.client.Collector;
import java.util.List;

/** The server's own metrics, read from their sources at the moment of the scrape. */
final class SourcesCollector extends Collector {

    private final List<MetricSource> sources;
    private final String version;

    SourcesCollector(List<MetricSource> sources, String version) {
        this.sources = List.copyOf(sources);
        this.version = version;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        MetricFamilies families = new MetricFamilies();
        sources.forEach(source -> source.addTo(families));
        families.info("build_info", "Which version runs on which Java; always 1.", List.of("version", "java"),
            List.of(version, Runtime.version().toString()));
        return families.list();
    }
}
