package io.sdros.server.rate;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The first try: the least growth of delay over 400 ms above 60 ms is congestion, and so is a window that closes; then 0.85 of what
 * was carried for 600 ms. Else up by 15 % a second, by 4 % above 0.8 of the last limit.
 */
final class Prototype implements RateControl {

    private final long testNanos;
    private final boolean cutsAtWindow;
    private final Deque<RateSample> samples = new ArrayDeque<>();
    private long leastDelayNanos = Long.MAX_VALUE;
    private double target = Double.POSITIVE_INFINITY;
    private double limit = Double.POSITIVE_INFINITY;
    private long cutNanos = -Timeline.SECOND;
    private long lastNanos;

    Prototype(long testNanos, boolean cutsAtWindow) {
        this.testNanos = testNanos;
        this.cutsAtWindow = cutsAtWindow;
    }

    @Override
    public void feedback(RateSample sample, long sentBytes, long waitingNanos, boolean windowClosed) {
        leastDelayNanos = Math.min(leastDelayNanos, sample.delayNanos());
        samples.add(sample);
        while (samples.peek().atNanos() < sample.atNanos() - Timeline.SECOND) {
            samples.remove();
        }
        double seconds = Math.min(0.5, (sample.atNanos() - lastNanos) / 1e9);
        lastNanos = sample.atNanos();
        if (congested(sample) || cutsAtWindow && windowClosed) {
            if (sample.atNanos() - cutNanos > 600 * Timeline.MILLI) {
                limit = carried(sample);
                target = Math.max(150_000, 0.85 * limit);
                cutNanos = sample.atNanos();
            }
        } else if (!Double.isInfinite(target)) {
            target *= 1 + (target > 0.8 * limit ? 0.04 : 0.15) * seconds;
            target = Math.min(target, 10e6);
        }
    }

    private boolean congested(RateSample last) {
        long from = last.atNanos() - testNanos;
        return samples.peek().atNanos() <= from + 200 * Timeline.MILLI && samples.stream().filter(each -> each.atNanos() >= from)
                .allMatch(each -> each.delayNanos() - leastDelayNanos > 60 * Timeline.MILLI);
    }

    private double carried(RateSample last) {
        RateSample first = samples.peek();
        for (RateSample each : samples) {
            if (each.atNanos() <= last.atNanos() - 600 * Timeline.MILLI) {
                first = each;
            }
        }
        return (last.carriedBytes() - first.carriedBytes()) * 8e9 / Math.max(1, last.receivedNanos() - first.receivedNanos());
    }

    @Override
    public double targetBps() {
        return target;
    }
}
