package io.sdros.transport.undertow;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts clients against the limit. A seat is taken before the handshake is answered, so joins cannot overshoot. */
final class ClientSeats {

    private final int limit;
    private volatile boolean closed;
    private final AtomicInteger taken = new AtomicInteger();

    /** A limit of 0 means none. */
    ClientSeats(int limit) {
        this.limit = limit == 0 ? Integer.MAX_VALUE : limit;
    }

    boolean full() {
        return taken.get() >= limit;
    }

    /** False if there is none left, or the door is closed. */
    boolean take() {
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

    /** No seat is given away any more. */
    void closeDoor() {
        closed = true;
    }

    /** Whether the door is closed: the server is stopping. */
    boolean closed() {
        return closed;
    }

    /** Waits until everybody has left; false if somebody is still there after the time. */
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
