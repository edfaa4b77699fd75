package io.sdros.server.metrics;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** How large the frames are: doubling buckets from 1 KiB to 4 MiB. One thread observes, without allocating; any thread takes snapshots. */
public final class FrameSizeHistogram {

    private static final int SMALLEST_SHIFT = 10;
    private static final int BOUNDS = 13;

    private final AtomicLongArray counts = new AtomicLongArray(BOUNDS + 1);
    private final AtomicLong sumBytes = new AtomicLong();

    /** Called by the reader thread for every frame. */
    public void observe(int payloadBytes) {
        int bucket = bucketOf(payloadBytes);
        // One writer, so read and write need not be one step; a scrape may see the count a moment before the sum.
        counts.lazySet(bucket, counts.getPlain(bucket) + 1);
        sumBytes.lazySet(sumBytes.getPlain() + payloadBytes);
    }

    /** Of all frames so far; never less than before. Any thread. */
    public long totalBytes() {
        return sumBytes.get();
    }

    public HistogramSnapshot snapshot() {
        double[] bounds = new double[BOUNDS];
        long[] now = new long[BOUNDS + 1];
        for (int i = 0; i <= BOUNDS; i++) {
            now[i] = counts.get(i);
            if (i < BOUNDS) {
                bounds[i] = 1L << SMALLEST_SHIFT + i;
            }
        }
        return new HistogramSnapshot(bounds, now, sumBytes.get());
    }

    private static int bucketOf(int bytes) {
        // The exponent of the power of two at or above the size.
        int exponent = bytes <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(bytes - 1);
        return Math.min(Math.max(exponent - SMALLEST_SHIFT, 0), BOUNDS);
    }
}
