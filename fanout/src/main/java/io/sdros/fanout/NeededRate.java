package io.sdros.fanout;

/**
 * How many messages a second a stream has that others need, keyframes among them: what remains when all droppable ones are left
 * out.
 *
 * <p>Threading: written by the producer thread, {@link #perSecond} is for any. One plain addition per message.
 */
final class NeededRate {

    /** It is measured over so much, or from one message to the next where these are further apart. */
    static final long SPAN_NANOS = 2_000_000_000L;

    private static final double SECOND_NANOS = 1e9;

    private boolean begun;
    private long fromNanos;
    private long lastNanos;
    /** Of the span under way, up to the last interruption. */
    private long spentNanos;
    private int messages;
    private double before;
    private volatile double perSecond;

    /** One was published that is not droppable. */
    void message(long nowNanos) {
        lastNanos = nowNanos;
        if (!begun) {
            begun = true;
            fromNanos = nowNanos - spentNanos;
            return;
        }
        messages++;
        long spanNanos = nowNanos - fromNanos;
        if (spanNanos >= SPAN_NANOS) {
            double rate = messages * SECOND_NANOS / spanNanos;
            // The lesser of two: what was held up and comes all at once, as a stream's beginning does, is no higher rate.
            perSecond = Math.min(rate, before);
            before = rate;
            fromNanos = nowNanos;
            messages = 0;
        }
    }

    /** The time until the next message says nothing; what was measured up to here stays. */
    void interrupted() {
        if (begun) {
            spentNanos = lastNanos - fromNanos;
            begun = false;
        }
    }

    /** 0 while it is not known: until it was measured twice. */
    double perSecond() {
        return perSecond;
    }
}
