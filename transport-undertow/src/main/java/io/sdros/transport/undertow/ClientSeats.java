package io.sdros.transport.undertow;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts clients against the limit. A seat is taken before the handshake is answered, so joins cannot overshoot. */
final class ClientSeats {

    private volatile int limit;
    private final AtomicInteger taken = new AtomicInteger();

    /** A limit of 0 means none. */
    ClientSeats(int limit) {
        this.limit = limit == 0 ? Integer.MAX_VALUE : limit;
    }

    boolean full() {
        return taken.get() >= limit;
    }

    boolean take() {
        int before;
        do {
            before = taken.get();
            if (before >= limit) {
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
        limit = 0;
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
