package io.sdros.server.metrics;

/** Some of the metrics, read from where they are counted. Any thread, possibly several at once. */
@FunctionalInterface
public interface MetricSource {

    /** Adds their families as they are now; called once per scrape. */
    void addTo(MetricFamilies families);
}
