package io.sdros.shm.reader;

/**
 * How long a failing read is tried again: 5 ms from the first failure after the last success, at first without a
 * pause and then with short ones. A writer so fast that every failing sequence is followed by another failing one is
 * given up just the same, so failures that never end neither heat the processor nor go uncounted.
 */
final class RetryWindow {

    static final long WINDOW_NANOS = 5_000_000;
    static final long PAUSE_NANOS = 50_000;
    private static final int AT_ONCE = 3;

    private int failures;
    private long firstNanos;

    /** Takes note of a failure; answers whether it is time to give up, which also begins a new window. */
    boolean exhausted(long nowNanos) {
        if (failures == 0) {
            firstNanos = nowNanos;
        }
        failures++;
        if (nowNanos - firstNanos < WINDOW_NANOS) {
            return false;
        }
        failures = 0;
        return true;
    }

    /** The pause before the next attempt. */
    long pauseNanos() {
        return failures <= AT_ONCE ? PollStrategy.SPIN : PAUSE_NANOS;
    }

    /** Nothing is failing. */
    void clear() {
        failures = 0;
    }
}
