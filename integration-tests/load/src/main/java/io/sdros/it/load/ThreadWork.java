package io.sdros.it.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a process's threads have done until a moment, as the scheduler counts it. Linux.
 *
 * @param atNanos when that was, by {@link System#nanoTime}
 * @param byName  of the threads there are, those whose names differ by a number together
 */
record ThreadWork(long atNanos, Map<String, Work> byName) {

    /**
     * @param nanos   of processor time
     * @param wakeUps how often they have waited, and gone on
     */
    record Work(long nanos, long wakeUps) {

        static final Work NONE = new Work(0, 0);

        Work plus(Work other) {
            return new Work(nanos + other.nanos, wakeUps + other.wakeUps);
        }

        Work minus(Work other) {
            return new Work(nanos - other.nanos, wakeUps - other.wakeUps);
        }
    }

    private static final String WAKE_UPS = "voluntary_ctxt_switches:";

    static ThreadWork of(long pid) {
        Map<String, Work> byName = new TreeMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks.toList()) {
                try {
                    byName.merge(Files.readString(task.resolve("comm")).strip().replaceAll("[ -]*\\d+$", ""), workOf(task), Work::plus);
                } catch (NoSuchFileException e) {
                    continue; // it has ended meanwhile
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ThreadWork(System.nanoTime(), byName);
    }

    private static Work workOf(Path task) throws IOException {
        long nanos = Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[0]);
        List<String> status = Files.readAllLines(task.resolve("status"));
        long wakeUps = status.stream().filter(line -> line.startsWith(WAKE_UPS))
                .mapToLong(line -> Long.parseLong(line.substring(WAKE_UPS.length()).strip())).sum();
        return new Work(nanos, wakeUps);
    }

    /** What they did since then, those that did most first, without those that did next to nothing. */
    String since(ThreadWork then) {
        double seconds = (atNanos - then.atNanos) / 1e9;
        return byName.entrySet().stream()
                .map(thread -> Map.entry(thread.getKey(),
                        thread.getValue().minus(then.byName.getOrDefault(thread.getKey(), Work.NONE))))
                .filter(thread -> thread.getValue().nanos >= seconds * 1e6)
                .sorted(Map.Entry.comparingByValue(Comparator.comparingLong(Work::nanos).reversed()))
                .map(thread -> String.format(Locale.ROOT, "%s %.1f %% and %.0f wake-ups/s", thread.getKey(),
                        thread.getValue().nanos / seconds / 1e7, thread.getValue().wakeUps / seconds))
                .collect(Collectors.joining(", "));
    }
}
