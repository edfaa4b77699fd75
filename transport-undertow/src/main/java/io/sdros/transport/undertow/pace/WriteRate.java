package io.sdros.transport.undertow.pace;

/**
 * What a connection carries, by what its socket takes: between two moments at which it took nothing more and was not empty
 * in between, as much has been carried as it has taken. For who holds the write claim, but for what says otherwise.
 */
final class WriteRate {

    /** The kernel tells of room in steps of a third of the buffer. */
    private static final long LEAST_SPAN_NANOS = 50_000_000L;

    /** So long without a byte is a client that did not read, of which nothing follows for when it does. */
    private static final long LONGEST_SPAN_NANOS = 1_000_000_000L;

    private boolean full;
    private long fromBytes;
    private long fromNanos;

    private volatile boolean resized;
    private volatile MeasuredRate rate = MeasuredRate.NONE;

    /**
     * The socket takes nothing more.
     *
     * @param sentBytes all that it has taken
     */
    void full(long sentBytes, long nowNanos) {
        if (full && !resized) {
            long spanNanos = nowNanos - fromNanos;
            if (spanNanos < LEAST_SPAN_NANOS || sentBytes == fromBytes) {
                return;
            }
            if (spanNanos <= LONGEST_SPAN_NANOS) {
                rate = rate.with(sentBytes - fromBytes, spanNanos, nowNanos);
            }
        }
        resized = false;
        full = true;
        fromBytes = sentBytes;
        fromNanos = nowNanos;
    }

    /** The socket has taken everything. */
    void empty() {
        full = false;
    }

    /** Whether the socket has not been empty since it was full. */
    boolean isFull() {
        return full;
    }

    /** Any thread: the socket holds more or less from now on, which must not be taken for what was carried. */
    void resized() {
        resized = true;
    }

    /** Any thread: what a byte takes while others wait behind it; 0 if that has not been measured lately. */
    double nanosPerByte(long nowNanos) {
        return rate.nanosPerByte(nowNanos);
    }
}
