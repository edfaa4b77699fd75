package io.sdros.server.rate;

import java.util.OptionalDouble;

/**
 * What a connection carries while frames wait on it: as much as comes from one frame's arrival to that of a later one which had
 * been begun before the first had left the queue. Without a queue nothing is known, since no more comes than was sent.
 */
final class QueuedRate {

    /** What a repeated packet had held up comes all at once, and took longer than that. */
    private static final long TOGETHER_NANOS = 20_000_000L;
    /** Shorter ones are a matter of when packets were paced. */
    private static final long LEAST_SPAN_NANOS = 100_000_000L;
    private static final long KNOWN_NANOS = 2_000_000_000L;
    private static final double BITS_PER_BYTE_AND_NANO = 8e9;

    /** When what is measured now began. */
    private long begunNanos;
    private RateSample from; // null before the first
    private RateSample last;
    private double bps;
    private long measuredNanos;
    private boolean measured;

    /**
     * The viewer was heard.
     *
     * @param leastNanos what a frame takes on the way when nothing waits there
     */
    void add(RateSample sample, long leastNanos) {
        boolean waited = last != null && sample.receivedNanos() - sample.delayNanos() <= last.receivedNanos() - leastNanos;
        long spanNanos = waited ? sample.receivedNanos() - from.receivedNanos() : 0;
        boolean measures = spanNanos >= LEAST_SPAN_NANOS;
        if (measures) {
            bps = (sample.carriedBytes() - from.carriedBytes()) * BITS_PER_BYTE_AND_NANO / spanNanos;
            measuredNanos = sample.atNanos();
            measured = true;
        }
        if (!waited || measures) {
            begunNanos = sample.receivedNanos();
        }
        if (sample.receivedNanos() - begunNanos < TOGETHER_NANOS) {
            from = sample;
        }
        last = sample;
    }

    /** Bits per second; absent if that has not been measured lately. */
    OptionalDouble bps(long nowNanos) {
        return measured && nowNanos - measuredNanos <= KNOWN_NANOS ? OptionalDouble.of(bps) : OptionalDouble.empty();
    }
}
