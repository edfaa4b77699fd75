package io.sdros.server.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Collects the families of one scrape, with the common prefix before each name. */
public final class MetricFamilies {

    private static final String PREFIX = "sdr_";

    private final List<MetricFamilySamples> families = new ArrayList<>();

    List<MetricFamilySamples> list() {
        return families;
    }

    MetricFamilies counter(String name, String help, long value) {
        families.add(new CounterMetricFamily(PREFIX + name, help, value));
        return this;
    }

    MetricFamilies counter(String name, String help, String label, Map<String, Long> values) {
        CounterMetricFamily family = new CounterMetricFamily(PREFIX + name, help, List.of(label));
        // Sorted, so that two scrapes can be compared line by line.
        new TreeMap<>(values).forEach((labelValue, value) -> family.addMetric(List.of(label(labelValue)), value));
        families.add(family);
        return this;
    }

    /** The outer key is the first label's value. */
    MetricFamilies counter(String name, String help, List<String> twoLabels, Map<String, Map<String, Long>> values) {
        CounterMetricFamily family = new CounterMetricFamily(PREFIX + name, help, twoLabels);
        values.forEach((first, inner) -> inner.forEach((second, value) -> family.addMetric(List.of(label(first), label(second)), value)));
        families.add(family);
        return this;
    }

    /**
     * Fit for the text format, which lets control characters through and whose readers may not: escaped as in JSON. What has
     * a backslash of its own has two then, so that no two values become one: a series that is there twice spoils the scrape.
     */
    private static String label(String value) {
        StringBuilder plain = new StringBuilder(value.length());
        value.chars().forEach(c -> {
            if (c == '\\') {
                plain.append("\\\\");
            } else if (Character.isISOControl(c)) {
                plain.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                plain.append((char) c);
            }
        });
        return plain.toString();
    }

    MetricFamilies gauge(String name, String help, double value) {
        families.add(new GaugeMetricFamily(PREFIX + name, help, value));
        return this;
    }

    /** A gauge that is always 1; what it says is in its labels. */
    MetricFamilies info(String name, String help, List<String> labels, List<String> values) {
        families.add(new GaugeMetricFamily(PREFIX + name, help, labels).addMetric(values, 1));
        return this;
    }

    MetricFamilies histogram(String name, String help, HistogramSnapshot histogram) {
        String fullName = PREFIX + name;
        List<Sample> samples = new ArrayList<>();
        long[] counts = histogram.counts();
        long cumulative = 0;
        for (int i = 0; i < counts.length; i++) {
            cumulative += counts[i];
            double bound = i < histogram.upperBounds().length ? histogram.upperBounds()[i] : Double.POSITIVE_INFINITY;
            samples.add(new Sample(fullName + "_bucket", List.of("le"), List.of(Collector.doubleToGoString(bound)), cumulative));
        }
        samples.add(new Sample(fullName + "_count", List.of(), List.of(), cumulative));
        samples.add(new Sample(fullName + "_sum", List.of(), List.of(), histogram.sum()));
        families.add(new MetricFamilySamples(fullName, Collector.Type.HISTOGRAM, help, samples));
        return this;
    }
}
