package io.sdros.server.metrics;

import java.util.List;

/**
 * What is counted of one stream, under its name.
 *
 * @param label the value of the label {@code stream}
 */
public record StreamMetrics(String label, List<MetricSource> sources) implements MetricSource {

    public StreamMetrics {
        sources = List.copyOf(sources);
    }

    @Override
    public void addTo(MetricFamilies families) {
        MetricFamilies labelled = families.ofStream(label);
        sources.forEach(source -> source.addTo(labelled));
    }
}
