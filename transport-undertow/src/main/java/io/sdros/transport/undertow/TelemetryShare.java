package io.sdros.transport.undertow;

/**
 * Bounds the share of an I/O thread that telemetry may take, so that a flood of it does not make video late: every
 * nanosecond spent on it is owed several times over, and while more than a millisecond is owed, telemetry rests. What
 * does not fit then into a client's queue is dropped. At ordinary rates nothing ever rests. The I/O thread's.
 */
final class TelemetryShare {

    private static final int OWED_PER_NANO_SPENT = 9;
    /** The shortest rest: what a timer can tell. */
    private static final long MIN_REST_NANOS = 1_000_000;
    /** Telemetry is never held back for longer; a round with very much video in it is not its fault. */
    private static final long MAX_REST_NANOS = 20_000_000;

    private long owedNanos;
    private long lastNanos;

    TelemetryShare(long nowNanos) {
        lastNanos = nowNanos;
    }

    /**
     * Notes a round of writing in which telemetry was sent.
     *
     * @return how long telemetry is to rest from now on; 0 for not at all
     */
    long spent(long fromNanos, long toNanos) {
        owedNanos = Math.max(0, owedNanos - (fromNanos - lastNanos));
        owedNanos = Math.min(MAX_REST_NANOS, owedNanos + OWED_PER_NANO_SPENT * (toNanos - fromNanos));
        lastNanos = toNanos;
        return owedNanos >= MIN_REST_NANOS ? owedNanos : 0;
    }
}
