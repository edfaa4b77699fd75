package io.sdros.it.support;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** What is read through it comes at a bounded rate on average, or not at all; both may be changed from any thread. */
public final class ThrottledInput extends FilterInputStream {

    /** The rate of an input that is not held back. */
    public static final long UNBOUNDED = Long.MAX_VALUE;

    private static final int PIECE_BYTES = 8 * 1024;
    private static final double NANOS_PER_SECOND = 1e9;
    /** So much of what was missed while the machine did something else is made up for. */
    private static final long ARREARS_NANOS = Duration.ofMillis(100).toNanos();

    private volatile long bytesPerSecond;
    private volatile boolean blocked;
    private long dueNanos = System.nanoTime();

    public ThrottledInput(InputStream source, long bytesPerSecond) {
        super(source);
        this.bytesPerSecond = bytesPerSecond;
    }

    public void bytesPerSecond(long rate) {
        bytesPerSecond = rate;
    }

    public void blocked(boolean now) {
        blocked = now;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        // Without a deadline: this is the very thing that is simulated.
        while (blocked) {
            Await.pause(Duration.ofMillis(1).toNanos());
        }
        int count = super.read(target, offset, Math.min(length, PIECE_BYTES));
        if (count > 0 && bytesPerSecond != UNBOUNDED) {
            long nowNanos = System.nanoTime();
            dueNanos = Math.max(dueNanos, nowNanos - ARREARS_NANOS) + (long) (count * NANOS_PER_SECOND / bytesPerSecond);
            Await.pause(dueNanos - nowNanos);
        }
        return count;
    }
}
