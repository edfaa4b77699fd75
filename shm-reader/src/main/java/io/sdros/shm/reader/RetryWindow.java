package io.sdros.shm.reader;

/**
 * How long failing reads are tried again: 5 ms per frame, at first without a pause and then with short ones. A
 * writer may be so fast that every failing frame is soon followed by another failing one; then pauses get longer,
 * and it is reported from time to time, so failures that never end neither heat the processor nor go uncounted.
 */
final class RetryWindow {

    static final long FRAME_NANOS = 5_000_000;
    static final long STREAK_NANOS = 50_000_000;
    static final long PAUSE_NANOS = 50_000;
    static final long STREAK_PAUSE_NANOS = 500_000;
    private static final int AT_ONCE = 3;

    /** What to do about a failure. */
    enum Verdict {
        /** Try again. */
        RETRY,
        /** Try again, but say that nothing has been read for a while. */
        REPORT,
        /** Leave this frame alone. */
        GIVE_UP
    }

    private int failures;
    private boolean streak;
    private long streakNanos;
    private long attempted;
    private long attemptedNanos;

    /**
     * Takes note of a failure.
     *
     * @param attempted what was to be read; another number for another frame
     */
    Verdict failed(long attempted, long nowNanos) {
        if (failures == 0) {
            streakNanos = nowNanos;
        }
        if (failures == 0 || attempted != this.attempted) {
            this.attempted = attempted;
            attemptedNanos = nowNanos;
        }
        failures++;
        if (nowNanos - attemptedNanos >= FRAME_NANOS) {
            clear();
            return Verdict.GIVE_UP;
        }
        if (nowNanos - streakNanos >= STREAK_NANOS) {
            streakNanos = nowNanos;
            streak = true;
            return Verdict.REPORT;
        }
        return Verdict.RETRY;
    }

    /** The pause before the next attempt. */
    long pauseNanos() {
        if (streak) {
            return STREAK_PAUSE_NANOS;
        }
        return failures <= AT_ONCE ? PollStrategy.SPIN : PAUSE_NANOS;
    }

    /** Nothing is failing. */
    void clear() {
        failures = 0;
        streak = false;
    }
}
