package io.sdros.fanout;

/**
 * Counts the time during which frames have been flowing: a gap between two frames counts only up to a limit, and while
 * no frame comes the clock stands still. Waiting measured on it never runs out for lack of frames.
 *
 * <p>Threading: advanced by the producer thread, read by any.
 */
final class FlowClock {

    private static final long MAX_GAP_NANOS = 1_000_000_000L;
    private static final int MIN_GAPS_PER_TIMEOUT = 4;

    private final long maxGapNanos;
    private long lastFrameNanos;
    private boolean started;

    // Written by the producer thread only. Readers want a recent value, not one that orders anything else.
    private volatile long flowNanos;

    /** @param timeoutNanos the wait measured on this clock; one pause alone must not use it up */
    FlowClock(long timeoutNanos) {
        maxGapNanos = Math.min(MAX_GAP_NANOS, Math.max(1, timeoutNanos / MIN_GAPS_PER_TIMEOUT));
    }

    void frame(long nowNanos) {
        if (started) {
            flowNanos = flowNanos + Math.max(0, Math.min(nowNanos - lastFrameNanos, maxGapNanos));
        }
        started = true;
        lastFrameNanos = nowNanos;
    }

    long nanos() {
        return flowNanos;
    }
}
