package io.sdros.server.rate;

/**
 * The least delay of the last half to whole minute: what the way takes when nothing waits on it. It is forgotten, since a way may
 * become a longer one and the two clocks run apart.
 */
final class LeastDelay {

    private static final long HALF_NANOS = 30_000_000_000L;

    private boolean begun;
    private long turnNanos;
    private long before = Long.MAX_VALUE;
    private long now = Long.MAX_VALUE;

    void add(long atNanos, long delayNanos) {
        if (!begun || atNanos - turnNanos >= HALF_NANOS) {
            begun = true;
            turnNanos = atNanos;
            before = now;
            now = Long.MAX_VALUE;
        }
        now = Math.min(now, delayNanos);
    }

    /** Of what was added; the greatest number there is if nothing was. */
    long nanos() {
        return Math.min(before, now);
    }
}
