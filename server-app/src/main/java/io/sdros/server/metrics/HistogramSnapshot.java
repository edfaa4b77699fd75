package io.sdros.server.metrics;

import io.sdros.transport.undertow.DelayHistogram;
import java.util.stream.LongStream;

/**
 * A histogram as it was at one moment, in the metric's base unit.
 *
 * @param upperBounds inclusive, ascending
 * @param counts observations per bucket, not cumulative; one more than there are bounds, the last for those above all bounds
 * @param sum of all observations
 */
public record HistogramSnapshot(double[] upperBounds, long[] counts, double sum) {

    private static final double NANOS_PER_SECOND = 1e9;

    public HistogramSnapshot {
        if (counts.length != upperBounds.length + 1) {
            throw new IllegalArgumentException(upperBounds.length + " bounds need one more count, not " + counts.length);
        }
        upperBounds = upperBounds.clone();
        counts = counts.clone();
    }

    public long observations() {
        return LongStream.of(counts).sum();
    }

    /** 0 if there is nothing to take it of. */
    public double mean() {
        return observations() == 0 ? 0 : sum / observations();
    }

    /** The same in seconds. */
    static HistogramSnapshot of(DelayHistogram delays) {
        double[] seconds = delays.boundsNanos().stream().mapToDouble(nanos -> nanos / NANOS_PER_SECOND).toArray();
        long[] perBucket = delays.counts().stream().mapToLong(Long::longValue).toArray();
        return new HistogramSnapshot(seconds, perBucket, delays.sumNanos() / NANOS_PER_SECOND);
    }
}
