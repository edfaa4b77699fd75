package io.sdros.fanout;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One subscriber's messages of a {@link LatestValueBroadcaster}. No poll waits for a publishing thread.
 */
public final class LatestValueSubscription<K, M> implements Subscription<M> {

    private final ReentrantLock lock = new ReentrantLock();
    private final LatestValueGroup<K, M> group;

    // Under the lock.
    private final RoundRobinQueue<K, M> waiting;
    private List<Topic<K, M>> kept = List.of();
    private int keptPolled;
    private long joinedAt;
    private boolean lastWasKept;

    /**
     * Up from the moment something may be there to poll until a poll finds nothing; changed under the lock. A field,
     * and asked before anything else: with a thousand subscribers every object a poll looks at is a cache miss, and a
     * video client polls for telemetry before and after each frame.
     */
    private volatile boolean ready = true;

    private volatile boolean closed;

    LatestValueSubscription(RoundRobinQueue<K, M> waiting, LatestValueGroup<K, M> group) {
        this.waiting = waiting;
        this.group = group;
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

    /** Under the broadcaster's lock. A closed one takes nothing. */
    void offer(KeyedMessage<K, M> message, EvictedKeys<K> lost) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            waiting.add(message, lost);
            if (!ready) {
                ready = true;
                group.wakeupDue();
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

    @Override
    public boolean ready() {
        return ready;
    }

    /** As {@link #poll(int)}, however large the message. */
    @Override
    public M poll() {
        return poll(Integer.MAX_VALUE);
    }

    @Override
    public M poll(Duration timeout) throws InterruptedException {
        return group.wakeups().await(this, timeout);
    }

    /**
     * Takes the next message: first the kept ones, then the keys round-robin. While another thread is just publishing
     * to this subscription there may seem to be none; then its group is woken.
     *
     * @param mostBytes a larger message is left where it is
     * @return null if there is none now, or it is larger than that
     */
    public M poll(int mostBytes) {
        if (!ready || !tryLock()) {
            return null;
        }
        try {
            if (closed) {
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

    /**
     * Whether the message last polled was one of those kept for newcomers, so published before this subscription. Polling
     * thread only.
     */
    public boolean lastWasKept() {
        return lastWasKept;
    }

    /** A publishing thread may be suspended with the lock in its hands; who writes video is not to wait for that. */
    private boolean tryLock() {
        if (lock.tryLock()) {
            return true;
        }
        // Before the second try: if that fails, too, whoever holds the lock finds it after the unlock.
        group.wakeupDue();
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
                lastWasKept = true;
                return latest;
            }
            keptPolled++;
        }
        if (!kept.isEmpty()) {
            kept = List.of();
            keptPolled = 0;
        }
        lastWasKept = false;
        return waiting.poll(mostBytes);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            kept = List.of();
            keptPolled = 0;
            waiting.clear();
        } finally {
            lock.unlock();
        }
        group.remove(this);
    }

    @Override
    public boolean closed() {
        return closed;
    }
}
