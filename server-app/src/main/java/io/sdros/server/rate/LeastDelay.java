package io.sdros.server.rate;

/**
 * The least delay of the last half to whole minute: what the way takes when nothing waits on it. It is forgotten, since a way may
 * become a longer one and the two clocks run apart; and at once what was said by a clock that was much worse than it is now: it
 * may have been less than anything takes.
 */
final class LeastDelay {

    private static final long HALF_NANOS = 30_000_000_000L;

    private static final long MUCH_WORSE_NANOS = 25_000_000L;

    private boolean begun;
    private long turnNanos;
    private long before = Long.MAX_VALUE;
    private long now = Long.MAX_VALUE;
    /** The greatest of those in each half. */
    private long errorBefore;
    private long errorNow;

    /**
     * Takes one in.
     *
     * @param clockErrorNanos by how much it may be wrong
     * @return whether others were forgotten, since they were much less certain
     */
    boolean add(long atNanos, long delayNanos, long clockErrorNanos) {
        if (!begun || atNanos - turnNanos >= HALF_NANOS) {
            begun = true;
            turnNanos = atNanos;
            before = now;
            errorBefore = errorNow;
            now = Long.MAX_VALUE;
            errorNow = clockErrorNanos;
        }
        boolean forgotten = false;
        if (errorBefore - clockErrorNanos > MUCH_WORSE_NANOS) {
            forgotten = before != Long.MAX_VALUE;
            before = Long.MAX_VALUE;
            errorBefore = 0;
        }
        if (errorNow - clockErrorNanos > MUCH_WORSE_NANOS) {
            forgotten = true;
            now = Long.MAX_VALUE;
            errorNow = 0;
        }
        now = Math.min(now, delayNanos);
        errorNow = Math.max(errorNow, clockErrorNanos);
        return forgotten;
    }

    /** Of what was added; the greatest number there is if nothing was. */
    long nanos() {
        return Math.min(before, now);
    }
}
