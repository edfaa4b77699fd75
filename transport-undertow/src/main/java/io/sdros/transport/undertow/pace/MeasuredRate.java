package io.sdros.transport.undertow.pace;

/**
 * A rate as it was measured lately, smoothed.
 *
 * @param bytesPerNano  0 if it never was
 * @param measuredNanos when it was, last
 */
record MeasuredRate(double bytesPerNano, long measuredNanos) {

    /** It is believed for so long. */
    static final long KNOWN_NANOS = 2_000_000_000L;

    static final MeasuredRate NONE = new MeasuredRate(0, 0);

    /** A measurement of so long counts as much as all before it. */
    private static final double SMOOTHING_NANOS = 300e6;

    /** So many bytes have been carried in so long a time. */
    MeasuredRate with(long bytes, long spanNanos, long nowNanos) {
        double measured = (double) bytes / spanNanos;
        double weight = knownAt(nowNanos) ? spanNanos / (spanNanos + SMOOTHING_NANOS) : 1;
        return new MeasuredRate((1 - weight) * bytesPerNano + weight * measured, nowNanos);
    }

    /** What a byte takes while others wait behind it; 0 if that has not been measured lately. */
    double nanosPerByte(long nowNanos) {
        return knownAt(nowNanos) ? 1 / bytesPerNano : 0;
    }

    private boolean knownAt(long nowNanos) {
        return bytesPerNano > 0 && nowNanos - measuredNanos <= KNOWN_NANOS;
    }
}
