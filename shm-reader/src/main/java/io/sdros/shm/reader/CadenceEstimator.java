package io.sdros.shm.reader;

/**
 * Estimates when the next frame is due from when frames came: a tracking filter of second order (g-h filter) for
 * phase and interval, and a running mean of how far off its predictions were.
 *
 * <p>The gains begin as those of a least-squares line through all arrivals, so a few frames suffice, and end at fixed
 * values that follow a slow drift. An arrival is known only to lie between two looks; the filter takes the point of
 * that span nearest to its prediction, so that late looks do not pull it. Frames missing from the grid, by sequence
 * number or by being absent, are bridged; when they are missing again and again, or when frames come much too early,
 * the interval has changed and is learnt afresh.
 */
final class CadenceEstimator {

    private static final double MIN_PHASE_GAIN = 0.25;
    private static final double MIN_INTERVAL_GAIN = 0.027;
    private static final double DEVIATION_GAIN = 1.0 / 8;
    /** Deviations that bound nearly all arrivals, for uniform and for bell-shaped jitter. */
    private static final double DEVIATIONS_IN_MARGIN = 3;
    /** The share of arrivals that may come before the window for them opens, and be seen late by that much. */
    private static final double EARLIER_SHARE = 1.0 / 64;
    private static final double REACH_GAIN = 1.0 / 4;
    /** Timers wake late; it takes a moment to be awake. */
    private static final long GUARD_NANOS = 120_000;
    private static final double MIN_INTERVAL_NANOS = 100_000;
    private static final double MAX_INTERVAL_NANOS = 2_000_000_000;
    /** Arrivals until the interval is trusted. Frames in pairs never get there, and are looked for as if nothing were known. */
    private static final int MIN_SAMPLES = 4;
    private static final int MAX_BRIDGED = 8;
    private static final int MAX_MISSES = 3;
    private static final int FAR_OFF_MARGINS = 2;
    /** An outlier counts two, every other arrival takes one off: more than a third of outliers in the end exceed this. */
    private static final int MAX_OUTLIER_SCORE = 6;

    /** Arrivals the estimate rests on: 0, 1 (a phase only), 2 and more (phase and interval). */
    private int samples;
    private long phaseNanos;
    private double intervalNanos;
    private double deviationNanos;
    /** How early arrivals are; all but the share above are less. */
    private double reachNanos;
    private int misses;
    private boolean paused;
    private boolean outlier;
    private double outlierError;
    private int outlierScore;

    /**
     * Takes note of an arrival.
     *
     * @param afterNanos it had not arrived then
     * @param byNanos    it had arrived then
     * @param frames     how many frames after the one before, 1 or more
     */
    void arrived(long afterNanos, long byNanos, long frames) {
        switch (samples) {
            case 0 -> begin(byNanos);
            case 1 -> learnInterval(byNanos, frames);
            default -> track(afterNanos, byNanos, frames);
        }
    }

    private void begin(long nanos) {
        samples = 1;
        phaseNanos = nanos;
        misses = 0;
        paused = false;
        outlier = false;
        outlierScore = 0;
    }

    private void learnInterval(long nanos, long frames) {
        double interval = (double) (nanos - phaseNanos) / frames;
        phaseNanos = nanos;
        if (interval >= MIN_INTERVAL_NANOS && interval <= MAX_INTERVAL_NANOS) {
            intervalNanos = interval;
            deviationNanos = Math.min(interval / 8, 1_000_000);
            reachNanos = DEVIATIONS_IN_MARGIN * deviationNanos;
            samples = 2;
        }
    }

    private void track(long afterNanos, long byNanos, long frames) {
        double predicted = frames * intervalNanos;
        double earliest = afterNanos - phaseNanos;
        double latest = byNanos - phaseNanos;
        if (latest - predicted < -intervalNanos / 2) {
            begin(byNanos);
            return;
        }
        // Found at the first look after a sleep: all that is known is that it was earlier. Assume as much again.
        double arrival = latest < predicted
                ? Math.max(2 * latest - predicted, earliest)
                : Math.max(predicted, earliest);
        long absent = Math.max(0, Math.round((arrival - predicted) / intervalNanos));
        if (absent > MAX_BRIDGED) {
            // A pause. The interval may well be the same afterwards, the phase is not. But nothing after which a pause
            // comes every time is the interval: two frames that came close together were taken for it.
            if (paused) {
                begin(byNanos);
            } else {
                paused = true;
                phaseNanos = byNanos;
            }
            return;
        }
        paused = false;
        misses = absent > 0 ? misses + 1 : 0;
        if (misses > MAX_MISSES || absent > 0 && !absenceCanBeTold()) {
            begin(byNanos);
            return;
        }
        long steps = frames + absent;
        judge(steps, arrival - steps * intervalNanos);
        if (outlierScore > MAX_OUTLIER_SCORE) {
            begin(byNanos);
        }
    }

    /**
     * Whether arrivals are so close to their due times that one an interval later is another frame's. They are not where
     * two thirds of the interval, say, were learnt from a rough start: every second prediction is then half an interval off,
     * each arrival is near enough to one of them, and nothing else would ever show that the interval is wrong.
     */
    private boolean absenceCanBeTold() {
        return DEVIATIONS_IN_MARGIN * deviationNanos <= intervalNanos / 2;
    }

    /** One arrival far off is let pass; a second that agrees with it shows that the phase has jumped. */
    private void judge(long steps, double error) {
        boolean farOff = Math.abs(error) > FAR_OFF_MARGINS * marginNanos();
        boolean jumped = farOff && outlier && Math.abs(error - outlierError) <= marginNanos();
        if (jumped) {
            phaseNanos += Math.round(steps * intervalNanos + error);
        } else if (farOff && !outlier) {
            phaseNanos += Math.round(steps * intervalNanos);
        } else {
            correct(steps * intervalNanos, error, steps);
        }
        outlier = farOff && !jumped;
        outlierError = error;
        outlierScore = outlier ? outlierScore + 2 : Math.max(0, outlierScore - 1);
    }

    private void correct(double predicted, double error, long frames) {
        int n = samples;
        double phaseGain = Math.max(MIN_PHASE_GAIN, 2.0 * (2 * n + 1) / ((n + 1.0) * (n + 2)));
        double intervalGain = Math.max(MIN_INTERVAL_GAIN, 6.0 / ((n + 1.0) * (n + 2)));
        phaseNanos += Math.round(predicted + phaseGain * error);
        double interval = intervalNanos + intervalGain * error / frames;
        intervalNanos = Math.min(Math.max(interval, MIN_INTERVAL_NANOS), MAX_INTERVAL_NANOS);
        deviationNanos += (Math.abs(error) - deviationNanos) * DEVIATION_GAIN;
        reach(-error);
        if (samples < Integer.MAX_VALUE) {
            samples++;
        }
    }

    /**
     * Much further for each that came earlier, a little less far for every other: it stays where the two cancel out.
     * For evenly spread jitter that is two thirds of the margin, so a third of the looks is saved.
     */
    private void reach(double earlyNanos) {
        double step = REACH_GAIN * deviationNanos;
        reachNanos += earlyNanos > reachNanos ? (1 - EARLIER_SHARE) * step : -EARLIER_SHARE * step;
        reachNanos = Math.min(Math.max(reachNanos, deviationNanos), DEVIATIONS_IN_MARGIN * deviationNanos);
    }

    /** Forgets everything. */
    void reset() {
        samples = 0;
    }

    /** Whether there is an interval to predict with, which more than one frame has confirmed. */
    boolean known() {
        return samples >= MIN_SAMPLES;
    }

    /** The estimated interval between frames, in nanoseconds. */
    double intervalNanos() {
        return intervalNanos;
    }

    /** How far from its due time a frame is to be expected, to either side, in nanoseconds. */
    long marginNanos() {
        return (long) Math.min(DEVIATIONS_IN_MARGIN * deviationNanos + GUARD_NANOS, intervalNanos);
    }

    /** How long before its due time a frame is to be looked for, in nanoseconds; no more than the margin. */
    long leadNanos() {
        return (long) Math.min(reachNanos + GUARD_NANOS, intervalNanos);
    }

    /** When the first frame is due that cannot be said to be absent yet. */
    long dueNanos(long nowNanos) {
        double since = nowNanos - marginNanos() - phaseNanos;
        double intervals = Math.max(1, Math.ceil(since / intervalNanos));
        return phaseNanos + (long) (intervals * intervalNanos);
    }

    /** For how long a frame that was due has been missing beyond the margin, in nanoseconds; not above 0 if none is. */
    long overdueNanos(long nowNanos) {
        return nowNanos - phaseNanos - (long) intervalNanos - marginNanos();
    }
}
