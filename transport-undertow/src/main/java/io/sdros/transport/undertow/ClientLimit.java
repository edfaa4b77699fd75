package io.sdros.transport.undertow;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts clients against the limit. A client is counted before its handshake is answered, so joins cannot overshoot. */
final class ClientLimit {

    private final int limit;
    private volatile boolean closed;
    private final AtomicInteger taken = new AtomicInteger();

    /** A limit of 0 means none. */
    ClientLimit(int limit) {
        this.limit = limit == 0 ? Integer.MAX_VALUE : limit;
    }

    boolean reached() {
        return taken.get() >= limit;
    }

    /** False if the limit is reached, or after {@link #close}. */
    boolean tryAcquire() {
        int before;
        do {
            before = taken.get();
            if (closed || before >= limit) {
                return false;
            }
        } while (!taken.compareAndSet(before, before + 1));
        return true;
    }

    void release() {
        if (taken.decrementAndGet() == 0) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** Nobody else is admitted. */
    void close() {
        closed = true;
    }

    /** Whether the server is stopping. */
    boolean closed() {
        return closed;
    }

    /** Waits until all clients have gone; false if one is still there after the time. */
    synchronized boolean awaitEmpty(long timeoutNanos) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutNanos;
        while (taken.get() > 0) {
            long leftNanos = deadline - System.nanoTime();
            if (leftNanos <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
        }
        return true;
    }

    int taken() {
        return taken.get();
    }
}
