package io.sdros.transport.undertow;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * Distribution of the time from a frame's publication to its last byte being handed to the kernel, over all clients.
 * Frames replayed to a joining client are left out: they were published before it came.
 *
 * @param boundsNanos upper bounds of all buckets but the last, ascending
 * @param counts      observations per bucket (not cumulative), one more than there are bounds
 * @param sumNanos    sum of all observations
 */
public record DelayHistogram(List<Long> boundsNanos, List<Long> counts, long sumNanos) {

    private static final long[] BOUNDS_NANOS = {
        50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
        100_000_000, 250_000_000, 500_000_000, 1_000_000_000,
    };
    private static final List<Long> BOUNDS = Arrays.stream(BOUNDS_NANOS).boxed().toList();

    static final int BUCKETS = BOUNDS_NANOS.length + 1;

    /** Makes the lists immutable. */
    public DelayHistogram {
        boundsNanos = List.copyOf(boundsNanos);
        counts = List.copyOf(counts);
    }

    static DelayHistogram sum(Iterable<WriteCounters> writers) {
        Long[] counts = new Long[BUCKETS];
        Arrays.fill(counts, 0L);
        long sumNanos = 0;
        for (WriteCounters writer : writers) {
            for (int i = 0; i < BUCKETS; i++) {
                counts[i] += writer.bucket(i);
            }
            sumNanos += writer.delaySumNanos();
        }
        return new DelayHistogram(BOUNDS, List.of(counts), sumNanos);
    }

    static DelayHistogram of(IntToLongFunction bucket, long sumNanos) {
        return new DelayHistogram(BOUNDS, IntStream.range(0, BUCKETS).mapToObj(bucket::applyAsLong).toList(), sumNanos);
    }

    static DelayHistogram none() {
        return sum(List.of());
    }

    DelayHistogram plus(DelayHistogram other) {
        return new DelayHistogram(BOUNDS, IntStream.range(0, BUCKETS).mapToObj(i -> counts.get(i) + other.counts.get(i)).toList(),
                sumNanos + other.sumNanos);
    }

    /** Observations in total. */
    public long count() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    static int bucketOf(long delayNanos) {
        int bucket = 0;
        while (bucket < BOUNDS_NANOS.length && delayNanos > BOUNDS_NANOS[bucket]) {
            bucket++;
        }
        return bucket;
    }
}
