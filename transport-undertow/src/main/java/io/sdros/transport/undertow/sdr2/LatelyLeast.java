package io.sdros.transport.undertow.sdr2;

/** The least of the values of the last 30 s; kept for up to 15 s more. One thread. */
final class LatelyLeast {

    private static final long HALF_NANOS = 15_000_000_000L;

    private long before = Long.MAX_VALUE;
    private long current = Long.MAX_VALUE;
    private long halfBeganNanos;

    /** Takes the value in and tells the least. */
    long with(long value, long nowNanos) {
        if (current == Long.MAX_VALUE) {
            halfBeganNanos = nowNanos;
        }
        long passed = nowNanos - halfBeganNanos;
        if (passed >= HALF_NANOS) {
            before = passed >= 2 * HALF_NANOS ? Long.MAX_VALUE : current;
            current = value;
            halfBeganNanos = nowNanos;
        }
        current = Math.min(current, value);
        return Math.min(before, current);
    }
}
