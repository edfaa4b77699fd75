package io.sdros.fanout;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Hands keyed messages to every subscriber and keeps the last one of each key, which a new subscriber is given first.
 * Where more keys appear than are kept, the one that has been silent longest is forgotten.
 *
 * <p>Threading: every method from any thread. Publishing, subscribing and cancelling exclude each other by a lock, so a
 * subscriber gets each message either as the kept value or live, and all subscribers get them in one order. The lock is
 * held for one queue operation per subscriber, never while a callback runs.
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
    private final int capacity;
    private final int cachedKeys;
    private final Predicate<? super K> kept;
    private final EvictionListener<? super K> evictions;

    // Changed under the lock. The map's order is that of the last publication, the longest silent key first.
    private final Map<K, KeyedMessage<K, M>> latest = new LinkedHashMap<>();
    private final CopyOnWriteArrayList<LatestValueSubscription<K, M>> subscriptions = new CopyOnWriteArrayList<>();

    private final LongAdder published = new LongAdder();
    private final LongAdder evicted = new LongAdder();
    private final LongAdder failedCallbacks = new LongAdder();

    /**
     * @param capacity how many live messages each subscriber's queue holds, at least 1
     * @param cachedKeys for how many keys the last message is kept; 0 for none
     */
    public LatestValueBroadcaster(int capacity, int cachedKeys, EvictionListener<? super K> evictions) {
        this(capacity, cachedKeys, key -> true, evictions);
    }

    /**
     * @param capacity how many live messages each subscriber's queue holds, at least 1
     * @param cachedKeys for how many keys the last message is kept; 0 for none
     * @param kept whether the last message of a key may be kept; those of other keys are only passed on. Called on
     *     publishing threads with the lock held, so it must be quick; what it throws, {@link #publish} throws before
     *     anybody was offered the message
     */
    public LatestValueBroadcaster(
            int capacity, int cachedKeys, Predicate<? super K> kept, EvictionListener<? super K> evictions) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1: " + capacity);
        }
        if (cachedKeys < 0) {
            throw new IllegalArgumentException("cachedKeys must not be negative: " + cachedKeys);
        }
        this.capacity = capacity;
        this.cachedKeys = cachedKeys;
        this.kept = Objects.requireNonNull(kept, "kept");
        this.evictions = Objects.requireNonNull(evictions, "evictions");
    }

    public static <K, M> LatestValueBroadcasterBuilder<K, M> builder() {
        return new LatestValueBroadcasterBuilder<>();
    }

    /** Keeps the message as its key's last one, if it is to be kept, and offers it to every subscriber, dropping their oldest if need be. */
    public void publish(K key, M message) {
        KeyedMessage<K, M> keyed = new KeyedMessage<>(key, message);
        EvictedKeys<K> lost = new EvictedKeys<>();
        lock.lock();
        try {
            keep(keyed);
            for (LatestValueSubscription<K, M> subscription : subscriptions) {
                KeyedMessage<K, M> oldest = subscription.offer(keyed);
                if (oldest != null) {
                    lost.add(oldest.key());
                }
            }
        } finally {
            lock.unlock();
        }
        published.increment();
        evicted.add(lost.tell(evictions));
        subscriptions.forEach(this::callBack);
    }

    private void keep(KeyedMessage<K, M> keyed) {
        if (cachedKeys == 0 || !kept.test(keyed.key())) {
            return;
        }
        // Removed first, so that it goes to the end of the order.
        latest.remove(keyed.key());
        if (latest.size() == cachedKeys) {
            latest.remove(latest.keySet().iterator().next());
        }
        latest.put(keyed.key(), keyed);
    }

    private void callBack(LatestValueSubscription<K, M> subscription) {
        try {
            subscription.callBackOnce();
        } catch (RuntimeException e) {
            // One subscriber's mistake must not keep the message from the others.
            failedCallbacks.increment();
        }
    }

    /**
     * Joins: the kept messages can be polled at once, in the order of their publication, then what is published from
     * now on.
     *
     * @param onReady called on a publishing thread when there is something to poll again after {@link
     *     LatestValueSubscription#poll} returned null, and not for the kept messages. One that is on its way may still
     *     arrive after the cancellation. It must not block; what it throws is counted.
     */
    public LatestValueSubscription<K, M> subscribe(Runnable onReady) {
        Objects.requireNonNull(onReady, "onReady");
        LatestValueSubscription<K, M> subscription =
                new LatestValueSubscription<>(new DropOldestQueue<>(capacity), onReady, this::remove);
        lock.lock();
        try {
            subscription.start(latest.values());
            subscriptions.add(subscription);
        } finally {
            lock.unlock();
        }
        return subscription;
    }

    private void remove(LatestValueSubscription<K, M> subscription) {
        lock.lock();
        try {
            subscriptions.remove(subscription);
        } finally {
            lock.unlock();
        }
    }

    public LatestValueStatistics statistics() {
        int keys;
        lock.lock();
        try {
            keys = latest.size();
        } finally {
            lock.unlock();
        }
        return new LatestValueStatistics(
                published.sum(), evicted.sum(), failedCallbacks.sum(), keys, subscriptions.size());
    }
}
