package io.sdros.it.metrics;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.HttpProbe;
import io.sdros.it.support.Metrics;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Keeps which series of any server were there, and which of them an event was seen to move. */
final class MetricsLedger {

    /** For what comes only after the contract's 30 s without a sign of life, or by chance. */
    static final Duration LONG = Duration.ofSeconds(60);

    private final Set<String> seen = new TreeSet<>();
    private final Set<String> driven = new TreeSet<>();

    /** Waits until the event has raised the series above what it was before. */
    void raises(HttpProbe server, String series, Runnable event) {
        double before = value(server, series);
        event.run();
        Await.until(series + " rises above " + before, Deadlines.SOON, () -> value(server, series) > before);
        driven.add(series);
    }

    /** As above, where the event may have to be repeated. */
    void raisesWithRepeated(HttpProbe server, String series, Duration deadline, Runnable event) {
        double before = value(server, series);
        Await.until(series + " rises above " + before, deadline, () -> {
            event.run();
            return value(server, series) > before;
        });
        driven.add(series);
    }

    /** Waits until the series is above 0, which it may be already, whatever moved it. */
    void comes(HttpProbe server, String series, Duration deadline) {
        Await.until(series + " comes", deadline, () -> value(server, series) > 0);
        driven.add(series);
    }

    /** Waits until the event has brought the series to a value it had not before. */
    void brings(HttpProbe server, String series, double expected, Runnable event) {
        if (value(server, series) == expected) {
            throw new AssertionError(series + " is " + expected + " before the event");
        }
        event.run();
        Await.until(series + " becomes " + expected, Deadlines.SOON, () -> value(server, series) == expected);
        driven.add(series);
    }

    /** What follows from a setting: 0 here and 1 there. */
    void differs(String series, HttpProbe zero, HttpProbe one) {
        if (value(zero, series) != 0 || value(one, series) != 1) {
            throw new AssertionError(series + " is not 0 here and 1 there");
        }
        driven.add(series);
    }

    /** The sum over the series' label sets if it is written without any. */
    double value(HttpProbe server, String series) {
        Metrics page = server.metrics();
        page.samples().keySet().stream().filter(name -> name.startsWith("sdr_") && !name.contains("_bucket{"))
                .forEach(seen::add);
        return series.contains("{") ? page.samples().getOrDefault(series, 0.0) : page.sum(series);
    }

    /** What was on some page and was moved by nothing. */
    Set<String> notDriven() {
        Set<String> rest = new TreeSet<>(seen);
        rest.removeAll(driven);
        return rest;
    }

    static String series(String name, Map<String, String> labels) {
        StringBuilder text = new StringBuilder(name).append('{');
        labels.forEach((label, value) -> text.append(label).append("=\"").append(value).append("\","));
        return text.append('}').toString();
    }

    /** A series that has a reason for its only label. */
    static String reason(String name, String reason) {
        return series(name, Map.of("reason", reason));
    }
}
