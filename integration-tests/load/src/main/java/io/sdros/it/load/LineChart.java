package io.sdros.it.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A chart of lines over two logarithmic axes as SVG: no background and middle tones, so that it can be read on light and
 * dark pages. The same values make the same bytes.
 *
 * @param title what is shown, in a few words
 * @param subtitle under which conditions
 * @param xLabel name of the horizontal axis, with its unit if it has one
 * @param yLabel of the vertical one
 */
record LineChart(String title, String subtitle, String xLabel, String yLabel, List<Line> lines) {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int LEFT = 70;
    private static final int RIGHT = WIDTH - 90;
    private static final int TOP = 74;
    private static final int BOTTOM = HEIGHT - 62;

    private static final String TEXT = "#768390";
    private static final List<String> TONES = List.of("#3b82f6", "#d97706", "#10a37f");
    private static final int[] STEPS = {1, 2, 5};

    /** One line; its name stands at its last point. */
    record Line(String name, List<Point> points) {
    }

    /** Both above 0. */
    record Point(double x, double y) {
    }

    /** One axis: from a round value below all values to one above, in pixels. */
    private record Axis(double least, double most, int leastPixel, int mostPixel) {

        double pixel(double value) {
            double share = (Math.log10(value) - Math.log10(least)) / (Math.log10(most) - Math.log10(least));
            return leastPixel + share * (mostPixel - leastPixel);
        }

        List<Double> ticks() {
            return roundValues(least, most);
        }
    }

    LineChart {
        lines = List.copyOf(lines);
        if (lines.isEmpty() || lines.size() > TONES.size() || lines.stream().anyMatch(line -> line.points().isEmpty())) {
            throw new IllegalArgumentException("one to " + TONES.size() + " lines, each with points");
        }
        if (lines.stream().flatMap(line -> line.points().stream()).anyMatch(point -> !(point.x() > 0) || !(point.y() > 0))) {
            throw new IllegalArgumentException("logarithmic axes have no place for 0");
        }
    }

    /** The chart, with its values in words for whoever does not see it. */
    String svg() {
        Axis x = axis(lines.stream().flatMap(line -> line.points().stream()).map(Point::x).toList(), LEFT, RIGHT);
        Axis y = axis(lines.stream().flatMap(line -> line.points().stream()).map(Point::y).toList(), BOTTOM, TOP);
        StringBuilder svg = new StringBuilder();
        add(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\""
                + " font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"%s\">", WIDTH, HEIGHT, WIDTH, HEIGHT, TEXT);
        add(svg, "<title>%s</title>", escaped(title));
        add(svg, "<desc>%s</desc>", escaped(words()));
        add(svg, "<text x=\"%d\" y=\"26\" font-size=\"17\" font-weight=\"600\">%s</text>", LEFT, escaped(title));
        add(svg, "<text x=\"%d\" y=\"48\">%s</text>", LEFT, escaped(subtitle));
        axes(svg, x, y);
        for (int i = 0; i < lines.size(); i++) {
            line(svg, lines.get(i), TONES.get(i), x, y);
        }
        return svg.append("</svg>\n").toString();
    }

    private void axes(StringBuilder svg, Axis x, Axis y) {
        add(svg, "<g stroke=\"%s\" stroke-opacity=\"0.3\">", TEXT);
        x.ticks().forEach(tick -> add(svg, "<path d=\"M%.1f %dV%d\"/>", x.pixel(tick), TOP, BOTTOM));
        y.ticks().forEach(tick -> add(svg, "<path d=\"M%d %.1fH%d\"/>", LEFT, y.pixel(tick), RIGHT));
        add(svg, "</g>");
        x.ticks().forEach(tick -> add(svg, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x.pixel(tick),
                BOTTOM + 20, shown(tick)));
        y.ticks().forEach(tick -> add(svg, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 8,
                y.pixel(tick) + 4, shown(tick)));
        add(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>", (LEFT + RIGHT) / 2, BOTTOM + 46, escaped(xLabel));
        add(svg, "<text transform=\"translate(20 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>", (TOP + BOTTOM) / 2,
                escaped(yLabel));
    }

    private static void line(StringBuilder svg, Line line, String tone, Axis x, Axis y) {
        String way = line.points().stream().map(point -> String.format(Locale.ROOT, "%.1f %.1f", x.pixel(point.x()),
                y.pixel(point.y()))).collect(Collectors.joining("L", "M", ""));
        add(svg, "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\" stroke-linejoin=\"round\"/>", way, tone);
        for (Point point : line.points()) {
            add(svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>", x.pixel(point.x()), y.pixel(point.y()), tone);
        }
        Point last = line.points().get(line.points().size() - 1);
        add(svg, "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\" font-weight=\"600\">%s</text>", x.pixel(last.x()) + 10,
                y.pixel(last.y()) + 4, tone, escaped(line.name()));
    }

    private String words() {
        return lines.stream().map(line -> line.name() + ": " + line.points().stream()
                .map(point -> shown(point.y()) + " at " + shown(point.x())).collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; ", yLabel + " by " + xLabel + ". ", "."));
    }

    private static Axis axis(List<Double> values, int leastPixel, int mostPixel) {
        double least = values.stream().mapToDouble(value -> value).min().orElseThrow();
        double most = values.stream().mapToDouble(value -> value).max().orElseThrow();
        List<Double> around = roundValues(least / 10, most * 10);
        double below = around.stream().filter(value -> value <= least).reduce((first, second) -> second).orElseThrow();
        double above = around.stream().filter(value -> value >= most && value > below).findFirst().orElseThrow();
        return new Axis(below, above, leastPixel, mostPixel);
    }

    /** 1, 2 and 5 times the powers of ten from least to most. */
    private static List<Double> roundValues(double least, double most) {
        List<Double> values = new ArrayList<>();
        for (int power = (int) Math.floor(Math.log10(least)); Math.pow(10, power) <= most; power++) {
            for (int step : STEPS) {
                double value = power < 0 ? step / Math.pow(10, -power) : step * Math.pow(10, power);
                if (value >= least && value <= most) {
                    values.add(value);
                }
            }
        }
        return values;
    }

    /** Without superfluous digits: 0.2, 17, 1000. */
    private static String shown(double value) {
        String digits = String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
        return digits.replaceAll("\\.?0+$", "");
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
