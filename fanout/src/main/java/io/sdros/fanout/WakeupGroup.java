package io.sdros.fanout;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The subscriptions of one consuming thread, to any number of broadcasters, which are woken together: at most once for
 * each publication, and not again before the thread has begun to drain them.
 *
 * <p>An event loop gives a {@link Wakeup} that queues a task; the task calls {@link #beginDrain} and then polls all
 * subscriptions of the group. A plain thread gives none and calls {@link #await} before each round of polls, or, with
 * one subscription only, just {@link Subscription#poll(Duration)}.
 *
 * <p>Threading: {@link #await} by one thread at a time, everything else by any.
 */
public final class WakeupGroup {

    private static final Wakeup WAITING_THREAD_ONLY = () -> {};

    private final Wakeup wakeup;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final AtomicInteger subscriptions = new AtomicInteger();
    private volatile Thread waiting; // null while none does

    /** For a thread that waits in {@link #await} or {@link Subscription#poll(Duration)}. */
    public WakeupGroup() {
        this(WAITING_THREAD_ONLY);
    }

    public WakeupGroup(Wakeup wakeup) {
        this.wakeup = Objects.requireNonNull(wakeup, "wakeup");
    }

    /**
     * To be called before the subscriptions are polled: every change from now on wakes again. What was changed before
     * is there to be polled.
     */
    public void beginDrain() {
        woken.setRelease(false);
        // The flag goes down before the queues are looked at. Pairs with the fence between an offer and the look at the
        // flag, in wake() and in the broadcasters: either that look finds it down, or the polls find what was offered.
        VarHandle.fullFence();
    }

    /** Wakes, unless a wake-up is pending; for reasons of one's own. What the {@link Wakeup} throws is passed on. */
    public void wake() {
        VarHandle.fullFence(); // the caller's offer before the look at the flag; pairs with beginDrain()
        wakeAfterFence();
    }

    /**
     * Waits until the group is woken, then begins the drain. Returns at once if it has been woken since the last drain.
     *
     * @return false if that did not happen in time
     * @throws InterruptedException if the thread was interrupted while it waited
     */
    public boolean await(Duration timeout) throws InterruptedException {
        return await(System.nanoTime(), TimeUnit.NANOSECONDS.convert(timeout), () -> false);
    }

    /** {@link Subscription#poll(Duration)}, for all kinds of subscription. */
    <M> M await(Subscription<M> only, Duration timeout) throws InterruptedException {
        if (subscriptions.get() > 1) {
            throw new IllegalStateException("The group has " + subscriptions.get()
                    + " subscriptions: await() the group, then poll() each");
        }
        long timeoutNanos = TimeUnit.NANOSECONDS.convert(timeout);
        long startNanos = System.nanoTime();
        M message = only.poll();
        while (message == null && await(startNanos, timeoutNanos, only::closed)) {
            message = only.poll();
        }
        return message;
    }

    private boolean await(long startNanos, long timeoutNanos, BooleanSupplier over) throws InterruptedException {
        waiting = Thread.currentThread(); // before the flag is looked at; pairs with the read after it went up
        try {
            while (!woken.get()) {
                long leftNanos = timeoutNanos - (System.nanoTime() - startNanos);
                if (leftNanos <= 0 || over.getAsBoolean()) {
                    return false;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(this, leftNanos);
            }
        } finally {
            waiting = null;
        }
        beginDrain();
        return true;
    }

    void joined() {
        subscriptions.incrementAndGet();
    }

    /** After the subscription has been closed: it may be what a thread waits for. */
    void left() {
        subscriptions.decrementAndGet();
        unparkWaiting();
    }

    /**
     * Told by a broadcaster that a message has been published; after a full fence that follows its offers.
     *
     * @return what the wake-up threw, null if nothing
     */
    Throwable published() {
        try {
            boolean drained = false;
            try {
                drained = wakeup.drainInline();
            } finally {
                if (!drained) {
                    wakeAfterFence();
                }
            }
            return null;
        } catch (RuntimeException | Error e) {
            return e;
        }
    }

    /** Likewise, of a change that is not a message. */
    Throwable changed() {
        try {
            wakeAfterFence();
            return null;
        } catch (RuntimeException | Error e) {
            return e;
        }
    }

    private void wakeAfterFence() {
        if (woken.get() || !woken.compareAndSet(false, true)) {
            return;
        }
        boolean called = false;
        try {
            wakeup.wake();
            called = true;
        } finally {
            if (!called) {
                woken.set(false); // or every later change would count on a drain that never begins
            }
        }
        unparkWaiting();
    }

    private void unparkWaiting() {
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}
