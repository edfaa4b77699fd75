package io.sdros.fanout;

import java.util.function.LongSupplier;

/** The builder's values, checked, durations in nanoseconds. Zero stands for "off" where the builder says so. */
record BroadcasterConfig(
        int capacity,
        long maxLatencyNanos,
        long gopCacheBytes,
        long queueBytes,
        boolean keyframeGating,
        long keyframeTimeoutNanos,
        long requestIntervalNanos,
        long clientRequestIntervalNanos,
        LongSupplier nanoClock,
        KeyframeRequestSink keyframeRequestSink,
        Runnable producerWakeup) {

    boolean isOverdue(Entry<?> entry, long transitNanos) {
        return maxLatencyNanos > 0 && ageNanos(entry) + transitNanos > maxLatencyNanos;
    }

    boolean isHalfOverdue(Entry<?> entry, long transitNanos) {
        return maxLatencyNanos > 0 && ageNanos(entry) + transitNanos > maxLatencyNanos / 2;
    }

    private long ageNanos(Entry<?> entry) {
        return nanoClock.getAsLong() - entry.publishNanos();
    }
}
