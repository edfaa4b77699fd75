package io.sdros.server.rate;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Google's congestion control as its draft (draft-ietf-rmcat-gcc) and its trendline say: the slope of the smoothed delay against an
 * adaptive threshold, additive increase near the last limit and by 8 % a second elsewhere, 0.85 of what arrived when it is overused.
 */
final class Trendline implements RateControl {

    private static final double MAX_BPS = 10_000_000;
    private static final int POINTS = 20;
    private static final double GAIN = 4;
    private static final double SMOOTHING = 0.9;

    private final Deque<double[]> points = new ArrayDeque<>();
    private final Deque<RateSample> samples = new ArrayDeque<>();
    private double threshold = 12.5;
    private double smoothed;
    private double lastTrend;
    private double overusedMs;
    private long lastNanos;
    private int count;
    private int overuses;
    private double target = MAX_BPS;
    private double limit = Double.NaN;
    private boolean holds;

    @Override
    public void feedback(RateSample sample, long sentBytes, long waitingNanos, boolean windowClosed) {
        samples.add(sample);
        while (samples.peek().atNanos() < sample.atNanos() - 500 * Timeline.MILLI) {
            samples.remove();
        }
        double deltaMs = Math.min(1000, (sample.atNanos() - lastNanos) / 1e6);
        lastNanos = sample.atNanos();
        smoothed = count++ == 0 ? sample.delayNanos() / 1e6 : SMOOTHING * smoothed + (1 - SMOOTHING) * sample.delayNanos() / 1e6;
        points.add(new double[] {sample.receivedNanos() / 1e6, smoothed});
        if (points.size() > POINTS) {
            points.remove();
        }
        double trend = points.size() < POINTS ? 0 : Math.min(60, count) * slope() * GAIN;
        overusedMs = trend > threshold ? overusedMs + deltaMs : 0;
        overuses = trend > threshold ? overuses + 1 : 0;
        boolean over = overusedMs > 10 && overuses > 1 && trend >= lastTrend;
        boolean under = trend < -threshold;
        lastTrend = trend;
        if (Math.abs(trend) < threshold + 15) {
            double k = Math.abs(trend) < threshold ? 0.039 : 0.0087;
            threshold = Math.max(6, Math.min(600, threshold + k * (Math.abs(trend) - threshold) * Math.min(100, deltaMs)));
        }
        adapt(over, under, deltaMs / 1e3);
    }

    private void adapt(boolean over, boolean under, double seconds) {
        RateSample first = samples.peek();
        RateSample last = samples.peekLast();
        double carried = (last.carriedBytes() - first.carriedBytes()) * 8e9 / Math.max(1, last.receivedNanos() - first.receivedNanos());
        if (over && samples.size() > 1) {
            target = Math.max(150_000, Math.min(target, 0.85 * carried));
            limit = carried;
            holds = true;
        } else if (under) {
            holds = true;
        } else if (holds) {
            holds = false; // from decrease to hold to increase
        } else if (carried > 0) {
            boolean near = !Double.isNaN(limit) && target > 0.7 * limit && target < 1.3 * limit;
            target = near ? target + 1200 * 8 / 0.2 * seconds : target * StrictMath.pow(1.08, seconds);
            target = Math.min(target, Math.max(1.5 * carried + 10_000, 150_000));
            target = Math.min(target, MAX_BPS);
        }
    }

    private double slope() {
        double x = 0;
        double y = 0;
        for (double[] point : points) {
            x += point[0] / points.size();
            y += point[1] / points.size();
        }
        double above = 0;
        double below = 0;
        for (double[] point : points) {
            above += (point[0] - x) * (point[1] - y);
            below += (point[0] - x) * (point[0] - x);
        }
        return below == 0 ? 0 : above / below;
    }

    @Override
    public double targetBps() {
        return target;
    }
}
