package io.sdros.server.rate;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * SCReAM (RFC 8298): a window for the bytes on the way that follows the queueing delay to a target, and a rate that rises while
 * frames do not wait and falls by how far the delay goes up and how long frames wait. TCP keeps its own window and hides losses, so
 * here the window only bounds the rate, as the successor's draft does it: what the window holds, per round trip.
 */
final class Scream implements RateControl {

    private static final double TARGET_MS = 60;
    private static final double MIN_BPS = 150_000;
    private static final double MAX_BPS = 5_000_000;
    private static final double RAMP_BPS_PER_SECOND = 200_000;
    private static final int MSS = 1448;

    private final Deque<Double> fractions = new ArrayDeque<>();
    private long leastDelayNanos = Long.MAX_VALUE;
    private double window = 20 * MSS;
    private double average;
    private double rate = MAX_BPS;
    private double inflectionBps = MAX_BPS;
    private long lastNanos;
    private long lastCarried;
    private double mostOnTheWay;

    @Override
    public void feedback(RateSample sample, long sentBytes, long waitingNanos, boolean windowClosed) {
        leastDelayNanos = Math.min(leastDelayNanos, sample.delayNanos());
        double fraction = (sample.delayNanos() - leastDelayNanos) / 1e6 / TARGET_MS;
        average = 0.9 * average + 0.1 * fraction;
        fractions.add(average);
        if (fractions.size() > 20) {
            fractions.remove();
        }
        long acked = sample.carriedBytes() - lastCarried;
        lastCarried = sample.carriedBytes();
        double onTheWay = sentBytes - sample.carriedBytes();
        mostOnTheWay = Math.max(0.95 * mostOnTheWay, onTheWay + acked);
        double trend = trend();
        double off = 1 - fraction;
        if (off > 0 && trend < 0.2) {
            window += mostOnTheWay * 1.5 + MSS > window ? acked : 0;
        } else {
            window += Math.max(-0.25 * window, off * acked * MSS / window * 1.0);
        }
        window = Math.max(3 * MSS, window);
        adapt(sample, fraction, trend, waitingNanos);
    }

    private void adapt(RateSample sample, double fraction, double trend, long waitingNanos) {
        if (sample.atNanos() - lastNanos < 200 * Timeline.MILLI) {
            return;
        }
        double seconds = Math.min(0.5, (sample.atNanos() - lastNanos) / 1e9);
        lastNanos = sample.atNanos();
        boolean frameWaits = waitingNanos > 20 * Timeline.MILLI;
        if (frameWaits || trend > 0.2 || fraction > 1) {
            inflectionBps = Math.min(inflectionBps, rate);
            double queued = Math.min(0.2, waitingNanos / 1e9);
            rate *= 1 - 0.2 * trend - 0.1 * Math.min(2, Math.max(0, fraction - 1)) - queued;
        } else {
            double near = Math.abs(rate - inflectionBps) / inflectionBps;
            double scale = Math.max(0.2, Math.min(1, 16 * near * near));
            rate += RAMP_BPS_PER_SECOND * scale * seconds * Math.max(1, rate / 1e6);
            inflectionBps = rate > inflectionBps ? rate : inflectionBps;
        }
        double rtt = Math.max(0.02, sample.delayNanos() / 1e9);
        rate = Math.max(MIN_BPS, Math.min(Math.min(MAX_BPS, Math.max(MIN_BPS, window * 8 / rtt)), rate));
    }

    /** How much the delay's fraction rises: its correlation with itself one sample later, times its average. */
    private double trend() {
        double mean = fractions.stream().mapToDouble(each -> each).average().orElse(0);
        double last = Double.NaN;
        double with = 0;
        double self = 0;
        for (double each : fractions) {
            with += Double.isNaN(last) ? 0 : (last - mean) * (each - mean);
            self += (each - mean) * (each - mean);
            last = each;
        }
        return self == 0 ? 0 : Math.max(0, Math.min(1, with / self * average));
    }

    @Override
    public double targetBps() {
        return rate;
    }
}
