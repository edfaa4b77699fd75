package io.sdros.transport.undertow.pace;

/**
 * How large a client's send buffer is to be: what its connection carries in 100 ms, and more where the way is long or not
 * known. What lies in it nobody can drop any more; but one that holds less than what is on its way would itself be what
 * limits the rate, which would then be measured as less, and so on down. One thread changes it.
 */
final class SendBuffer {

    static final int LEAST_BYTES = 16 * 1024;

    /** What it holds, in time. Linux takes twice what it is asked for, for its own use, of which large frames need little. */
    private static final double HELD_NANOS = 100e6;
    private static final double ROUND_TRIPS = 1.5;
    /** For a client that says nothing of its way: enough for one of that length, which hardly any exceeds. */
    private static final double HELD_UNKNOWN_NANOS = 300e6;
    /** A change of less is not worth a call. What makes it larger again must not fail to, step by step. */
    private static final double WORTH_SHRINKING = 0.75;
    private static final double WORTH_GROWING = 1.1;
    /** Until what it holds too much has gone, the socket takes nothing, which is not to look like a client that stalls. */
    private static final double MOST_AT_ONCE_NANOS = 250e6;
    private static final long SHRINK_INTERVAL_NANOS = 1_000_000_000L;

    private final int mostBytes;
    private volatile int bytes;
    private boolean shrunk;
    private long shrunkNanos;

    /** @param mostBytes what it is now; 0 if the kernel decides, and then for ever */
    SendBuffer(int mostBytes) {
        this.mostBytes = mostBytes;
        bytes = mostBytes;
    }

    /**
     * Whether it is to be changed.
     *
     * @param nanosPerByte   what the connection takes for a byte; 0 if that is not known, and then it is left as it is
     * @param roundTripNanos the least that is known; 0 if none is
     */
    boolean follow(double nanosPerByte, long roundTripNanos, long nowNanos) {
        if (mostBytes == 0 || nanosPerByte == 0) {
            return false;
        }
        double heldNanos = roundTripNanos == 0 ? HELD_UNKNOWN_NANOS : Math.max(HELD_NANOS, ROUND_TRIPS * roundTripNanos);
        double wanted = heldNanos / nanosPerByte;
        int next = (int) Math.min(mostBytes, Math.max(Math.min(LEAST_BYTES, mostBytes), wanted));
        boolean changes = next <= WORTH_SHRINKING * bytes || next >= WORTH_GROWING * bytes || next == mostBytes && next != bytes;
        if (!changes || next < bytes && shrunk && nowNanos - shrunkNanos < SHRINK_INTERVAL_NANOS) {
            return false;
        }
        if (next < bytes) {
            shrunk = true;
            shrunkNanos = nowNanos;
        }
        bytes = (int) Math.max(next, bytes - MOST_AT_ONCE_NANOS / nanosPerByte);
        return true;
    }

    /** Any thread: what it is to be. */
    int bytes() {
        return bytes;
    }
}
