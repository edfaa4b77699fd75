package io.sdros.it.cadence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a process has used of the processors since it started, as the scheduler counts it; and what the whole machine
 * has. Linux.
 *
 * @param atNanos       when this was looked at
 * @param processTicks  all threads, also those that have ended, in ticks of 10 ms
 * @param machineTicks  all processes
 * @param wakeUps       how often any of the threads there are has waited, and gone on
 * @param threadNanos   the threads there are, by name; those of the same name together
 */
record ProcessorTime(long atNanos, long processTicks, long machineTicks, long wakeUps, Map<String, Long> threadNanos) {

    private static final String WAKE_UPS = "voluntary_ctxt_switches:";
    private static final long TICK_NANOS = 10_000_000;

    static ProcessorTime of(long pid) throws IOException {
        Map<String, Long> threads = new TreeMap<>();
        long wakeUps = 0;
        List<Path> tasks;
        try (Stream<Path> list = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            tasks = list.toList();
        }
        for (Path task : tasks) {
            try {
                long nanos = Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[0]);
                wakeUps += wakeUpsOf(task);
                threads.merge(Files.readString(task.resolve("comm")).strip(), nanos, Long::sum);
            } catch (NoSuchFileException e) {
                // The thread has ended meanwhile.
                continue;
            }
        }
        // The name, in brackets, may hold spaces; behind it utime and stime are the 12th and 13th field.
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new ProcessorTime(System.nanoTime(), Long.parseLong(fields[11]) + Long.parseLong(fields[12]),
                machine(), wakeUps, threads);
    }

    private static long wakeUpsOf(Path task) throws IOException {
        try (Stream<String> lines = Files.lines(task.resolve("status"))) {
            return lines.filter(line -> line.startsWith(WAKE_UPS))
                    .mapToLong(line -> Long.parseLong(line.substring(WAKE_UPS.length()).strip())).sum();
        }
    }

    /** Everything but idle and waiting for a disk. */
    private static long machine() throws IOException {
        String[] fields = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
        long ticks = 0;
        for (int i = 1; i <= 8; i++) {
            ticks += i == 4 || i == 5 ? 0 : Long.parseLong(fields[i]);
        }
        return ticks;
    }

    /** What the process used between then and now, in per cent of one core. */
    double percentSince(ProcessorTime then) {
        return 100.0 * TICK_NANOS * (processTicks - then.processTicks) / (atNanos - then.atNanos);
    }

    double wakeUpsPerSecondSince(ProcessorTime then) {
        return 1e9 * (wakeUps - then.wakeUps) / (atNanos - then.atNanos);
    }

    /** What everything else used, in per cent of one core. */
    double othersPercentSince(ProcessorTime then) {
        long ticks = machineTicks - then.machineTicks - (processTicks - then.processTicks);
        return 100.0 * TICK_NANOS * Math.max(0, ticks) / (atNanos - then.atNanos);
    }

    /** The same by thread, in per cent of one core; without those below a thousandth. */
    Map<String, Double> threadPercentSince(ProcessorTime then) {
        Map<String, Double> percent = new TreeMap<>();
        threadNanos.forEach((name, nanos) -> {
            double share = 100.0 * (nanos - then.threadNanos.getOrDefault(name, 0L)) / (atNanos - then.atNanos);
            if (share >= 0.001) {
                percent.put(name, share);
            }
        });
        return percent;
    }
}
