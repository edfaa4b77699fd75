package io.sdros.server.rate;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What a viewer saw between two moments.
 *
 * @param staleSeconds while the newest picture was older than 500 ms
 * @param change greatest departure of the advised rate from its mean over the last ten seconds, as a share of the mean
 */
record Figures(double p50Millis, double p99Millis, double staleSeconds, double framesPerSecond, double bps, double change) {

    private static final long STALE_NANOS = 500 * Timeline.MILLI;

    static Figures of(List<ViewerPath.Shown> all, List<double[]> targets, long fromNanos, long toNanos) {
        List<ViewerPath.Shown> shown = all.stream()
                .filter(each -> each.receivedNanos() >= fromNanos && each.receivedNanos() < toNanos).toList();
        double[] ages = shown.stream().mapToDouble(each -> (each.receivedNanos() - each.captureNanos()) / 1e6).sorted().toArray();
        double seconds = (toNanos - fromNanos) / 1e9;
        double bits = 8.0 * shown.stream().mapToLong(ViewerPath.Shown::bytes).sum();
        return new Figures(percentile(ages, 0.5), percentile(ages, 0.99), stale(all, fromNanos, toNanos), shown.size() / seconds,
                bits / seconds, change(targets, toNanos - 10 * Timeline.SECOND, toNanos));
    }

    static Figures mean(List<Figures> all) {
        return new Figures(mean(all, Figures::p50Millis), mean(all, Figures::p99Millis), mean(all, Figures::staleSeconds),
                mean(all, Figures::framesPerSecond), mean(all, Figures::bps),
                all.stream().mapToDouble(Figures::change).max().orElse(0));
    }

    private static double mean(List<Figures> all, ToDoubleFunction<Figures> value) {
        return all.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    private static double percentile(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    }

    private static double stale(List<ViewerPath.Shown> all, long fromNanos, long toNanos) {
        long stale = 0;
        for (int i = 0; i < all.size(); i++) {
            long next = i + 1 < all.size() ? all.get(i + 1).receivedNanos() : toNanos;
            long begins = Math.max(Math.max(fromNanos, all.get(i).receivedNanos()), all.get(i).captureNanos() + STALE_NANOS);
            stale += Math.max(0, Math.min(toNanos, next) - begins);
        }
        return stale / 1e9;
    }

    private static double change(List<double[]> targets, long fromNanos, long toNanos) {
        double[] rates = targets.stream().filter(each -> each[0] >= fromNanos && each[0] < toNanos).mapToDouble(each -> each[1]).toArray();
        double mean = Arrays.stream(rates).average().orElse(0);
        return Arrays.stream(rates).map(rate -> Math.abs(rate - mean) / mean).max().orElse(0);
    }

    String line() {
        return String.format(Locale.ROOT, "| %.0f / %.0f | %.1f | %.1f | %.2f | ± %.0f %% |", p50Millis, p99Millis, staleSeconds,
                framesPerSecond, bps / 1e6, 100 * change);
    }
}
