package io.sdros.telemetry.nats;

import java.time.Duration;
import java.util.Locale;

/**
 * How far one connection is behind what its server sends: the server's answer to a ping waits behind everything else it
 * has for us. Used by the thread that pings; times are of any monotonic clock, in nanoseconds.
 */
final class Backlog {
    /** Below this, a connection that ends has ended for another reason. */
    private static final long BEHIND_NANOS = Duration.ofSeconds(1).toNanos();

    private long lateNanos;
    private long lateBeforeNanos;
    private long messages;
    private long messagesBefore;

    /**
     * One round of waiting and pinging is over.
     *
     * @param late  how much longer it took than it would have with nothing in the way, in nanoseconds
     * @param total how many messages have arrived in all
     */
    void observe(long late, long total) {
        lateBeforeNanos = lateNanos;
        lateNanos = late;
        messagesBefore = messages;
        messages = total;
    }

    /** Whether so much was on its way to us that a server is likely to have had enough of it. */
    boolean overrun() {
        return messages != messagesBefore && behindNanos() >= BEHIND_NANOS;
    }

    /** The loss itself cuts the last round short, so the one before counts as well. */
    private long behindNanos() {
        return Math.max(lateNanos, lateBeforeNanos);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.1f s", behindNanos() / 1e9);
    }
}
