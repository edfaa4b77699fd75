package io.sdros.transport.undertow.sdr2;

/**
 * The least of the values of the last 30 s; kept for up to 15 s more, but for what was said by a clock that was much worse than
 * it is now: it may have been less than anything takes. One thread.
 */
final class LatelyLeast {

    private static final long HALF_NANOS = 15_000_000_000L;

    private static final long MUCH_WORSE_NANOS = 25_000_000L;

    private long before = Long.MAX_VALUE;
    private long current = Long.MAX_VALUE;
    private long halfBeganNanos;
    /** The greatest of the values in each half. */
    private long errorBefore;
    private long errorOfCurrent;

    /**
     * Takes the value in and tells the least.
     *
     * @param errorNanos by how much the value may be wrong
     */
    long with(long value, long errorNanos, long nowNanos) {
        if (current == Long.MAX_VALUE) {
            halfBeganNanos = nowNanos;
        }
        long passed = nowNanos - halfBeganNanos;
        if (passed >= HALF_NANOS) {
            before = passed >= 2 * HALF_NANOS ? Long.MAX_VALUE : current;
            errorBefore = errorOfCurrent;
            current = value;
            errorOfCurrent = errorNanos;
            halfBeganNanos = nowNanos;
        }
        if (errorBefore - errorNanos > MUCH_WORSE_NANOS) {
            before = Long.MAX_VALUE;
        }
        if (errorOfCurrent - errorNanos > MUCH_WORSE_NANOS) {
            current = value;
            errorOfCurrent = errorNanos;
        }
        current = Math.min(current, value);
        errorOfCurrent = Math.max(errorOfCurrent, errorNanos);
        return Math.min(before, current);
    }
}
