package io.sdros.it.cadence;

import java.util.Arrays;

/** Collects delays. Any thread. */
final class Delays {

    private long[] nanos = new long[4096];
    private int count;

    synchronized void add(long delayNanos) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = delayNanos;
    }

    synchronized void clear() {
        count = 0;
    }

    synchronized Summary summary() {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return new Summary(count, percentile(sorted, 50), percentile(sorted, 99), percentile(sorted, 100));
    }

    private static double percentile(long[] sorted, int percent) {
        return sorted.length == 0 ? Double.NaN : sorted[(sorted.length - 1) * percent / 100] / 1e3;
    }

    /** What is told about them; a line of text between processes. */
    record Summary(int frames, double p50Micros, double p99Micros, double maxMicros) {

        static Summary parse(String line) {
            String[] words = line.split(" ");
            return new Summary(Integer.parseInt(words[0]), Double.parseDouble(words[1]),
                    Double.parseDouble(words[2]), Double.parseDouble(words[3]));
        }

        String line() {
            return frames + " " + p50Micros + " " + p99Micros + " " + maxMicros;
        }
    }
}
