package io.sdros.shm.reader;

/** Lets the first of many through, then one per period, and counts the others. */
final class RateLimit {

    private final long periodNanos;
    private boolean started;
    private long lastNanos;
    private long suppressed;
    private long suppressedBefore;

    RateLimit(long periodNanos) {
        this.periodNanos = periodNanos;
    }

    /** Whether this one may pass. */
    boolean pass(long nowNanos) {
        if (started && nowNanos - lastNanos < periodNanos) {
            suppressed++;
            return false;
        }
        started = true;
        lastNanos = nowNanos;
        suppressedBefore = suppressed;
        suppressed = 0;
        return true;
    }

    /** How many were held back before the last one that passed. */
    long suppressedBefore() {
        return suppressedBefore;
    }
}
