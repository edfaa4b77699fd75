package io.sdros.it.support;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page in the Prometheus text format 0.0.4. Parsing fails on the first line that is not of it.
 *
 * @param types   metric name to type, from the {@code # TYPE} lines
 * @param samples name with labels, as written, to value
 */
public record Metrics(Map<String, String> types, Map<String, Double> samples) {

    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"";
    private static final Pattern HELP = Pattern.compile("# HELP " + NAME + " .*");
    private static final Pattern TYPE =
            Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram|summary|untyped)");
    private static final Pattern SAMPLE =
            Pattern.compile("(" + NAME + "(?:\\{(?:" + LABEL + ",?)*\\})?) (\\S+)(?: -?\\d+)?");

    public static Metrics parse(String page) {
        if (!page.endsWith("\n")) {
            throw new AssertionError("the last line does not end with a line feed");
        }
        Metrics metrics = new Metrics(new LinkedHashMap<>(), new LinkedHashMap<>());
        page.lines().forEach(metrics::line);
        return metrics;
    }

    private void line(String line) {
        Matcher type = TYPE.matcher(line);
        Matcher sample = SAMPLE.matcher(line);
        if (type.matches()) {
            unique(types.put(type.group(1), type.group(2)) == null, line);
        } else if (sample.matches()) {
            unique(samples.put(sample.group(1), number(sample.group(2))) == null, line);
        } else if (!HELP.matcher(line).matches() && !line.isEmpty()) {
            throw new AssertionError("not a line of the Prometheus text format: " + line);
        }
    }

    private static void unique(boolean first, String line) {
        if (!first) {
            throw new AssertionError("said twice: " + line);
        }
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    /** The sum over all label sets of a name; 0 if there is no sample of it. */
    public double sum(String name) {
        return samples.entrySet().stream()
                .filter(sample -> sample.getKey().equals(name) || sample.getKey().startsWith(name + "{"))
                .mapToDouble(Map.Entry::getValue).sum();
    }
}
