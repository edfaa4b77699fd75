package io.sdros.transport.undertow;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one writing thread has sent to one feed's viewers. Only that thread adds; any thread may read. Single-writer,
 * so an addition is a read and an ordered store, never a locked instruction.
 */
final class WriteCounters {

    private static final int VIDEO_MESSAGES = 0;
    private static final int VIDEO_BYTES = 1;
    private static final int TELEMETRY_MESSAGES = 2;
    private static final int DELAY_SUM_NANOS = 3;
    private static final int PASSES = 4;
    private static final int FIRST_BUCKET = 5;

    private final AtomicLongArray values = new AtomicLongArray(FIRST_BUCKET + DelayHistogram.BUCKETS);

    void videoSent(int lengthBytes) {
        add(VIDEO_MESSAGES, 1);
        add(VIDEO_BYTES, lengthBytes);
    }

    void videoDelay(long delayNanos) {
        add(DELAY_SUM_NANOS, delayNanos);
        add(FIRST_BUCKET + DelayHistogram.bucketOf(delayNanos), 1);
    }

    void telemetrySent(int messages) {
        add(TELEMETRY_MESSAGES, messages);
    }

    void pass() {
        add(PASSES, 1);
    }

    long videoMessages() {
        return values.get(VIDEO_MESSAGES);
    }

    long videoBytes() {
        return values.get(VIDEO_BYTES);
    }

    long telemetryMessages() {
        return values.get(TELEMETRY_MESSAGES);
    }

    /** Times the thread went over its viewers. */
    long passes() {
        return values.get(PASSES);
    }

    long delaySumNanos() {
        return values.get(DELAY_SUM_NANOS);
    }

    long bucket(int index) {
        return values.get(FIRST_BUCKET + index);
    }

    private void add(int index, long amount) {
        values.lazySet(index, values.getPlain(index) + amount);
    }
}
