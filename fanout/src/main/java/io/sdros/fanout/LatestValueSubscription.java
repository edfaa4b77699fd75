package io.sdros.fanout;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * One subscriber's messages of a {@link LatestValueBroadcaster}.
 *
 * <p>Threading: {@link #poll} is called by one thread at a time, each publishing its writes to the next; it never waits.
 * {@link #cancel} may be called by any.
 */
public final class LatestValueSubscription<K, M> {

    private final ReentrantLock lock = new ReentrantLock();
    private final Runnable onReady;
    private final Consumer<LatestValueSubscription<K, M>> onCancel;

    // Under the lock.
    private final TurnQueue<K, M> waiting;
    private List<Topic<K, M>> kept = List.of();
    private int keptPolled;
    private long joinedAt;

    /**
     * Up from the moment something may be there to poll until a poll finds nothing; changed under the lock. A field, and
     * asked before anything else: with a thousand subscribers every object a poll looks at is a cache miss, and a video
     * client polls for telemetry before and after each frame.
     */
    private volatile boolean ready = true;

    /** The subscriber is to be called back; put down by the publishing thread that does it. */
    private volatile boolean callDue;

    private volatile boolean cancelled;

    LatestValueSubscription(
            TurnQueue<K, M> waiting, Runnable onReady, Consumer<LatestValueSubscription<K, M>> onCancel) {
        this.waiting = waiting;
        this.onReady = onReady;
        this.onCancel = onCancel;
    }

    /**
     * Before anyone else knows this subscription.
     *
     * @param number of the next publication: what has it or a later one comes live
     */
    void start(List<Topic<K, M>> topics, long number) {
        kept = topics;
        joinedAt = number;
    }

    /** Under the broadcaster's lock. A cancelled one takes nothing. */
    void offer(KeyedMessage<K, M> message, EvictedKeys<K> lost) {
        lock.lock();
        try {
            if (cancelled) {
                return;
            }
            waiting.add(message, lost);
            if (!ready) {
                ready = true;
                callDue = true;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Under the broadcaster's lock. */
    void forgetBefore(long number, EvictedKeys<K> lost) {
        lock.lock();
        try {
            waiting.forgetBefore(number, lost);
        } finally {
            lock.unlock();
        }
    }

    /** Publishing thread, after the offer and without a lock. */
    void callBackIfDue() {
        if (!callDue) {
            return;
        }
        callDue = false;
        boolean called = false;
        try {
            onReady.run();
            called = true;
        } finally {
            if (!called) {
                callDue = true; // or nobody would ever call again: it stays ready until it is polled
            }
        }
    }

    /** Whether a poll may find something; false only if it would not. Any thread. */
    public boolean ready() {
        return ready;
    }

    /** As {@link #poll(int)}, however large the message. */
    public M poll() {
        return poll(Integer.MAX_VALUE);
    }

    /**
     * Takes the next message: first the kept ones, then the keys in turns. While another thread is just publishing to
     * this subscription there may seem to be none; then it is called back.
     *
     * @param mostBytes a larger message is left where it is
     * @return null if there is none now, or it is larger than that
     */
    public M poll(int mostBytes) {
        if (!ready || !tryLock()) {
            return null;
        }
        try {
            if (cancelled) {
                return null;
            }
            KeyedMessage<K, M> next = next(mostBytes);
            if (next == null && keptPolled == kept.size() && waiting.size() == 0) {
                ready = false;
            }
            return next == null ? null : next.message();
        } finally {
            lock.unlock();
        }
    }

    /** A publishing thread may be suspended with the lock in its hands; who writes video is not to wait for that. */
    private boolean tryLock() {
        if (lock.tryLock()) {
            return true;
        }
        callDue = true; // before the second try: if that fails, too, whoever holds the lock finds it up after the unlock
        return lock.tryLock();
    }

    private KeyedMessage<K, M> next(int mostBytes) {
        while (keptPolled < kept.size()) {
            KeyedMessage<K, M> latest = kept.get(keptPolled).latest;
            // Whatever came after the subscription waits in the queue, or has waited there.
            if (latest != null && latest.number() < joinedAt) {
                if (latest.sizeBytes() > mostBytes) {
                    return null;
                }
                keptPolled++;
                return latest;
            }
            keptPolled++;
        }
        if (!kept.isEmpty()) {
            kept = List.of();
            keptPolled = 0;
        }
        return waiting.poll(mostBytes);
    }

    /** Leaves the broadcaster and lets go of everything held. Also while polling; again is harmless. */
    public void cancel() {
        lock.lock();
        try {
            if (cancelled) {
                return;
            }
            cancelled = true;
            kept = List.of();
            keptPolled = 0;
            waiting.clear();
        } finally {
            lock.unlock();
        }
        onCancel.accept(this);
    }
}
