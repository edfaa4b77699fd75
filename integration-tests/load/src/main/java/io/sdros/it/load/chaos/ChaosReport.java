package io.sdros.it.load.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What a run has seen, printed as it goes. One thread. */
public final class ChaosReport {

    private static final double NANOS_PER_MILLI = 1e6;

    private final Violations violations;
    private final Map<Fault, Row> rows = new EnumMap<>(Fault.class);
    private final Sum round = new Sum();
    private final Sum all = new Sum();
    private final Sum leftOut = new Sum();
    private int rounds;

    /** What was seen of one kind of fault; in milliseconds, the worst viewer's of each round. */
    private static final class Row {
        private final List<Double> concerned = new ArrayList<>();
        private final List<Double> beyond = new ArrayList<>();
        private final List<Double> shared = new ArrayList<>();
        private final List<Double> others = new ArrayList<>();
        private int mostLate;
    }

    /** Over edges and streams. */
    private static final class Sum {
        private long sent;
        private long received;
        private final Map<String, Long> lost = new TreeMap<>();

        void add(long sentFrames, Books.Count counted) {
            sent += sentFrames;
            received += counted.received();
            counted.lost().forEach((where, count) -> lost.merge(where, count, Long::sum));
        }

        void add(Sum other) {
            sent += other.sent;
            received += other.received;
            other.lost.forEach((where, count) -> lost.merge(where, count, Long::sum));
        }

        void clear() {
            sent = 0;
            received = 0;
            lost.clear();
        }

        long lostAll() {
            return lost.values().stream().mapToLong(Long::longValue).sum();
        }

        @Override
        public String toString() {
            return "sent " + sent + " = received " + received + " + lost " + lostAll() + (lost.isEmpty() ? "" : " " + lost);
        }
    }

    ChaosReport(Violations violations) {
        this.violations = violations;
    }

    void round(int number, Struck struck, List<Seen> seen) {
        rounds++;
        double concerned = worst(seen, one -> struck.concerns(one.seat()) && !one.seat().shared());
        double shared = worst(seen, one -> struck.concerns(one.seat()) && one.seat().shared());
        double healed = (struck.healedNanos() - struck.atNanos()) / NANOS_PER_MILLI;
        double others = worst(seen, one -> !struck.concerns(one.seat()));
        int late = seen.stream().mapToInt(Seen::late).max().orElse(0);
        Row row = rows.computeIfAbsent(struck.fault(), fault -> new Row());
        if (seen.stream().anyMatch(one -> struck.concerns(one.seat()))) {
            row.concerned.add(concerned);
            row.beyond.add(Math.max(0, concerned - healed));
        }
        if (shared > 0) {
            row.shared.add(shared);
        }
        row.others.add(others);
        row.mostLate = Math.max(row.mostLate, late);
        System.out.printf(Locale.ROOT, "%3d %-34s %5.0f ms; still: concerned %5.0f, shared %5.0f, others %4.0f ms; late %d",
                number, struck, healed, concerned, shared, others, late);
    }

    private static double worst(List<Seen> seen, Predicate<Seen> which) {
        return seen.stream().filter(which).mapToLong(Seen::stillNanos).max().orElse(0) / NANOS_PER_MILLI;
    }

    /** Of one stream at one edge, where both ends lived on. */
    void agreed(long sent, Books.Count counted) {
        round.add(sent, counted);
    }

    /** Where one end was ended, and what it had counted is gone: at most so many were sent. */
    void leftOut(long mostSent, Books.Count counted) {
        leftOut.add(mostSent, counted);
    }

    /** All of the round have been told. */
    void balanced() {
        System.out.println("; " + round);
        all.add(round);
        round.clear();
    }

    /** The table over all rounds. */
    public void print() {
        System.out.println("Still, in ms, median and most; of each round the viewer who had it worst");
        System.out.println("| fault | rounds | concerned | of that after it was over | stream with a second origin | others | late frames, most |");
        System.out.println("|---|---:|---:|---:|---:|---:|---:|");
        rows.forEach((fault, row) -> System.out.printf(Locale.ROOT, "| %s | %d | %s | %s | %s | %s | %d |%n", fault,
                row.others.size(), medianAndMost(row.concerned), medianAndMost(row.beyond), medianAndMost(row.shared),
                medianAndMost(row.others), row.mostLate));
        System.out.println("all edges and streams, while both ends lived: " + all);
        System.out.println("where one end was ended: at most " + leftOut.sent + " sent, received " + leftOut.received + ", lost "
                + leftOut.lostAll() + " " + leftOut.lost);
        System.out.println(rounds + " rounds, " + violations.count() + " violations");
    }

    private static String medianAndMost(List<Double> values) {
        if (values.isEmpty()) {
            return "";
        }
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return String.format(Locale.ROOT, "%.0f, %.0f", sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
    }

    public int rounds() {
        return rounds;
    }

    /** Frames whose end was told by both counters. */
    public long sent() {
        return all.sent;
    }

    public Violations violations() {
        return violations;
    }
}
