package io.sdros.server.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text format 0.0.4 taken apart, strictly: what is not well formed is an assertion error. */
final class PrometheusText {

    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
    private static final Pattern SAMPLE = Pattern.compile("(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(?<labels>.*)})? (?<value>[-+0-9.eE]+|NaN|[+-]Inf)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\",");

    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, String> helps = new LinkedHashMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();
    private final List<String> labelNames = new ArrayList<>();

    PrometheusText(String text) {
        if (!text.endsWith("\n")) {
            throw new AssertionError("The last line does not end");
        }
        text.lines().forEach(this::add);
    }

    Map<String, String> types() {
        return types;
    }

    Map<String, String> helps() {
        return helps;
    }

    List<String> labelNames() {
        return labelNames;
    }

    /** By name and labels as written, like {@code x_total{a="b",}}. */
    Map<String, Double> samples() {
        return samples;
    }

    private void add(String line) {
        Matcher comment = COMMENT.matcher(line);
        if (comment.matches()) {
            Map<String, String> kind = comment.group(1).equals("HELP") ? helps : types;
            if (kind.put(comment.group(2), comment.group(3)) != null) {
                throw new AssertionError("Twice: " + line);
            }
            return;
        }
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
            throw new AssertionError("Not a sample: " + line);
        }
        String labels = sample.group("labels") == null ? "" : sample.group("labels");
        Matcher label = LABEL.matcher(labels);
        int end = 0;
        while (label.find() && label.start() == end) {
            labelNames.add(label.group(1));
            end = label.end();
        }
        if (end != labels.length()) {
            throw new AssertionError("Labels are malformed: " + line);
        }
        String value = sample.group("value").replace("Inf", "Infinity");
        if (samples.put(line.substring(0, line.lastIndexOf(' ')), Double.valueOf(value)) != null) {
            throw new AssertionError("Twice: " + line);
        }
    }
}
