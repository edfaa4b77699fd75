package io.sdros.server.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;

/**
 * Collects the families of one scrape, with the common prefix before each name. Several streams may give the same family; what
 * two give under the same labels becomes one sample: the sum, and of a gauge the larger value unless it says otherwise.
 */
public final class MetricFamilies {

    private static final String PREFIX = "sdr_";
    private static final String STREAM = "stream";

    /** One family; its samples by what identifies them. */
    private record Family(Collector.Type type, String help, Map<Series, Double> samples) {
    }

    private record Series(String name, List<String> labels, List<String> values) {
    }

    private final Map<String, Family> families;
    private final Optional<String> stream;

    MetricFamilies() {
        this(new LinkedHashMap<>(), Optional.empty());
    }

    private MetricFamilies(Map<String, Family> families, Optional<String> stream) {
        this.families = families;
        this.stream = stream;
    }

    /** The same families; what is added by this one has the label {@code stream}. */
    MetricFamilies ofStream(String label) {
        return new MetricFamilies(families, Optional.of(label));
    }

    List<MetricFamilySamples> list() {
        List<MetricFamilySamples> list = new ArrayList<>();
        families.forEach((name, family) -> {
            List<Sample> samples = new ArrayList<>();
            family.samples.forEach((series, value) -> samples.add(new Sample(series.name, series.labels, series.values, value)));
            list.add(new MetricFamilySamples(name, family.type, family.help, samples));
        });
        return list;
    }

    MetricFamilies counter(String name, String help, long value) {
        add(family(name, Collector.Type.COUNTER, help), name, List.of(), List.of(), value, Double::sum);
        return this;
    }

    MetricFamilies counter(String name, String help, String label, Map<String, Long> values) {
        Family family = family(name, Collector.Type.COUNTER, help);
        // Sorted, so that two scrapes can be compared line by line.
        new TreeMap<>(values).forEach((labelValue, value) ->
            add(family, name, List.of(label), List.of(label(labelValue)), value, Double::sum));
        return this;
    }

    /** The outer key is the first label's value. */
    MetricFamilies counter(String name, String help, List<String> twoLabels, Map<String, Map<String, Long>> values) {
        Family family = family(name, Collector.Type.COUNTER, help);
        values.forEach((first, inner) -> inner.forEach((second, value) ->
            add(family, name, twoLabels, List.of(label(first), label(second)), value, Double::sum)));
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
        add(family(name, Collector.Type.GAUGE, help), name, List.of(), List.of(), value, Math::max);
        return this;
    }

    /** A gauge of which two streams have as much as both together. */
    MetricFamilies summedGauge(String name, String help, double value) {
        add(family(name, Collector.Type.GAUGE, help), name, List.of(), List.of(), value, Double::sum);
        return this;
    }

    /** A gauge that is always 1; what it says is in its labels. */
    MetricFamilies info(String name, String help, List<String> labels, List<String> values) {
        add(family(name, Collector.Type.GAUGE, help), name, labels, values, 1, Math::max);
        return this;
    }

    MetricFamilies histogram(String name, String help, HistogramSnapshot histogram) {
        return histogram(family(name, Collector.Type.HISTOGRAM, help), name, List.of(), List.of(), histogram);
    }

    MetricFamilies histogram(String name, String help, String label, Map<String, HistogramSnapshot> histograms) {
        Family family = family(name, Collector.Type.HISTOGRAM, help);
        new TreeMap<>(histograms).forEach((value, histogram) ->
            histogram(family, name, List.of(label), List.of(label(value)), histogram));
        return this;
    }

    private MetricFamilies histogram(Family family, String name, List<String> labels, List<String> values, HistogramSnapshot histogram) {
        long[] counts = histogram.counts();
        long cumulative = 0;
        for (int i = 0; i < counts.length; i++) {
            cumulative += counts[i];
            double bound = i < histogram.upperBounds().length ? histogram.upperBounds()[i] : Double.POSITIVE_INFINITY;
            add(family, name + "_bucket", and(labels, "le"), and(values, Collector.doubleToGoString(bound)), cumulative, Double::sum);
        }
        add(family, name + "_count", labels, values, cumulative, Double::sum);
        add(family, name + "_sum", labels, values, histogram.sum(), Double::sum);
        return this;
    }

    private static List<String> and(List<String> first, String last) {
        return Stream.concat(first.stream(), Stream.of(last)).toList();
    }

    private Family family(String name, Collector.Type type, String help) {
        return families.computeIfAbsent(PREFIX + name, added -> new Family(type, help, new LinkedHashMap<>()));
    }

    private void add(Family family, String name, List<String> labels, List<String> values, double value, DoubleBinaryOperator both) {
        Series series = new Series(PREFIX + name, withStream(STREAM, labels), withStream(stream.orElse(""), values));
        family.samples.merge(series, value, both::applyAsDouble);
    }

    private List<String> withStream(String first, List<String> others) {
        if (stream.isEmpty()) {
            return others;
        }
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(others);
        return List.copyOf(all);
    }
}
