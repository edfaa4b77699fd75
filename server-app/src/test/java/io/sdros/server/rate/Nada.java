package io.sdros.server.rate;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * NADA (RFC 8698) with its recommended parameters: rises fast while there is no queue, else so that the queueing delay of the
 * connection settles where its rate is a share of the greatest. TCP hides losses and marks, so the delay is all it has.
 */
final class Nada implements RateControl {

    private static final double MIN_BPS = 150_000;
    private static final double MAX_BPS = 5_000_000;
    private static final double REFERENCE_MS = 10;
    private static final double KAPPA = 0.5;
    private static final double ETA = 2;
    private static final double TAU_MS = 500;
    private static final double EPSILON_MS = 10;
    private static final double QUEUE_BOUND_MS = 50;

    private final Deque<RateSample> samples = new ArrayDeque<>();
    private long leastDelayNanos = Long.MAX_VALUE;
    private double rate = MAX_BPS;
    private double before;
    private long lastNanos;

    @Override
    public void feedback(RateSample sample, long sentBytes, long waitingNanos, boolean windowClosed) {
        leastDelayNanos = Math.min(leastDelayNanos, sample.delayNanos());
        samples.add(sample);
        while (samples.peek().atNanos() < sample.atNanos() - 500 * Timeline.MILLI) {
            samples.remove();
        }
        if (sample.atNanos() - lastNanos < 100 * Timeline.MILLI) {
            return;
        }
        double delta = Math.min(500, (sample.atNanos() - lastNanos) / 1e6);
        lastNanos = sample.atNanos();
        // The least of the last few samples, as the RFC filters the delay.
        double now = samples.stream().skip(Math.max(0, samples.size() - 5)).mapToLong(RateSample::delayNanos).min().orElse(0)
                - (double) leastDelayNanos;
        now /= 1e6;
        boolean empty = samples.stream().allMatch(each -> (each.delayNanos() - leastDelayNanos) / 1e6 < EPSILON_MS);
        RateSample first = samples.peek();
        double carried = (sample.carriedBytes() - first.carriedBytes()) * 8e9
                / Math.max(1, sample.receivedNanos() - first.receivedNanos());
        if (empty && samples.size() > 1) {
            double gamma = Math.min(0.5, QUEUE_BOUND_MS / (leastDelayNanos / 1e6 + 100 + 120));
            rate = Math.max(rate, (1 + gamma) * carried);
        } else {
            double offset = now - REFERENCE_MS * MAX_BPS / rate;
            rate -= KAPPA * delta / TAU_MS * offset / TAU_MS * rate + KAPPA * ETA * (now - before) / TAU_MS * rate;
        }
        before = now;
        rate = Math.max(MIN_BPS, Math.min(MAX_BPS, rate));
    }

    @Override
    public double targetBps() {
        return rate;
    }
}
