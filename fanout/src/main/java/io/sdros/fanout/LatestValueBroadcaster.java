package io.sdros.fanout;

import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Hands keyed messages to every subscriber and keeps the last one of each key, which a new subscriber is given first.
 * Where more keys appear than are kept, the one that has been silent longest is forgotten.
 *
 * <p>For each subscriber a bounded number of messages and bytes waits. The keys are served round-robin, and when there
 * is too much the oldest message of the key that holds most of it goes, so that a flood of one key loses nothing of
 * another. Messages are shared, and what all subscribers together hold is bounded, too.
 *
 * <p>Threading: every method from any thread. Publishing and subscribing exclude each other by a lock, so a subscriber
 * gets each message either as the kept value or live, and all subscribers get them in one order. The lock is held for
 * one queue operation per subscriber, never while a {@link Wakeup} runs, and no poll ever waits for it.
 */
public final class LatestValueBroadcaster<K, M> {

    /** Told which messages subscribers did not get. */
    @FunctionalInterface
    public interface EvictionListener<K> {

        /**
         * Called on the publishing thread; must neither block nor throw.
         *
         * @param subscribers how many of them lost a message of this key
         */
        void onEvicted(K key, int subscribers);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final int maxMessages;
    private final long maxBytes;
    private final Predicate<? super K> cacheable;
    private final EvictionListener<? super K> evictions;

    // Under the lock.
    private final Topics<K, M> topics;
    private final MemoryWindow window;
    private long nextNumber;
    private long oldestHeld;

    /** Those with subscriptions, each {@link WakeupGroup} once. Changed under the lock. */
    private final CopyOnWriteArrayList<LatestValueGroup<K, M>> groups = new CopyOnWriteArrayList<>();

    private final LongAdder published = new LongAdder();
    private final LongAdder evicted = new LongAdder();
    private final LongAdder failedCallbacks = new LongAdder();

    LatestValueBroadcaster(int maxMessages, long maxBytes, long maxHeldBytes, int cachedKeys,
            Predicate<? super K> cacheable, EvictionListener<? super K> evictions) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
        this.cacheable = cacheable;
        this.evictions = evictions;
        window = new MemoryWindow(maxHeldBytes);
        topics = new Topics<>(cachedKeys);
    }

    public static <K, M> LatestValueBroadcasterBuilder<K, M> builder() {
        return new LatestValueBroadcasterBuilder<>();
    }

    /**
     * Keeps the message as its key's last one, if it may be kept, and offers it to every subscriber, dropping what is
     * too much for them. Then the groups are woken in which somebody had nothing to poll.
     *
     * @param message not to be changed any more
     * @param sizeBytes what it counts in the queues
     * @throws IllegalArgumentException if {@code sizeBytes} is negative
     */
    public void publish(K key, M message, int sizeBytes) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(message, "message");
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("sizeBytes must not be negative: " + sizeBytes);
        }
        boolean keep = cacheable.test(key);
        EvictedKeys<K> lost = new EvictedKeys<>();
        lock.lock();
        try {
            offer(topics.published(key, keep), message, sizeBytes, lost);
        } finally {
            lock.unlock();
        }
        published.increment();
        evicted.add(lost.tell(evictions));
        wakeGroups();
    }

    private void offer(Topic<K, M> topic, M message, int sizeBytes, EvictedKeys<K> lost) {
        KeyedMessage<K, M> keyed = new KeyedMessage<>(topic, message, sizeBytes, nextNumber++);
        topics.keep(keyed);
        window.add(keyed.number(), sizeBytes);
        boolean forget = window.firstIndex() > oldestHeld;
        oldestHeld = window.firstIndex();
        for (LatestValueGroup<K, M> group : groups) {
            if (forget) {
                group.forgetBefore(oldestHeld, lost);
            }
            group.offer(keyed, lost);
        }
    }

    private void wakeGroups() {
        // The offers before any group's flag is looked at; pairs with the fence in WakeupGroup.beginDrain().
        VarHandle.fullFence();
        Error error = null;
        for (LatestValueGroup<K, M> group : groups) {
            Throwable thrown = group.wakeIfDue();
            if (thrown instanceof Error thrownError) {
                error = thrownError;
            } else if (thrown != null) {
                failedCallbacks.increment();
            }
        }
        if (error != null) {
            throw error;
        }
    }

    /**
     * Joins for a thread that waits for its messages: the subscription is alone in a group of its own. Else as {@link
     * #subscribe(WakeupGroup)}.
     */
    public LatestValueSubscription<K, M> subscribe() {
        return subscribe(new WakeupGroup());
    }

    /**
     * Joins: the kept messages can be polled at once, in the order of their publication (each as it is by then), then
     * what is published from now on.
     *
     * @param group woken as {@link Wakeup} says when there is something to poll again after {@link Subscription#poll}
     *     returned null; not for the kept messages. A wake-up that is on its way may still arrive after the
     *     subscription has been closed.
     */
    public LatestValueSubscription<K, M> subscribe(WakeupGroup group) {
        Objects.requireNonNull(group, "group");
        lock.lock();
        try {
            LatestValueGroup<K, M> joined = groupOf(group);
            LatestValueSubscription<K, M> subscription =
                    new LatestValueSubscription<>(new RoundRobinQueue<>(maxMessages, maxBytes), joined);
            subscription.start(topics.kept(), nextNumber);
            joined.add(subscription);
            return subscription;
        } finally {
            lock.unlock();
        }
    }

    private LatestValueGroup<K, M> groupOf(WakeupGroup wakeups) {
        for (LatestValueGroup<K, M> group : groups) {
            if (group.wakeups() == wakeups) {
                return group;
            }
        }
        LatestValueGroup<K, M> group = new LatestValueGroup<>(wakeups, this::removeIfEmpty);
        groups.add(group);
        return group;
    }

    private void removeIfEmpty(LatestValueGroup<K, M> group) {
        lock.lock();
        try {
            if (group.size() == 0) {
                groups.remove(group);
            }
        } finally {
            lock.unlock();
        }
    }

    public LatestValueStatistics statistics() {
        int keys;
        int subscribers = 0;
        lock.lock();
        try {
            keys = topics.keptCount();
            for (LatestValueGroup<K, M> group : groups) {
                subscribers += group.size();
            }
        } finally {
            lock.unlock();
        }
        return new LatestValueStatistics(
                published.sum(), evicted.sum(), failedCallbacks.sum(), keys, subscribers);
    }
}
