package io.sdros.fanout;

import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Hands keyed messages to every subscriber and keeps the last one of each key, which a new subscriber is given first.
 * Where more keys appear than are kept, the one that has been silent longest is forgotten.
 *
 * <p>For each subscriber a bounded number of messages and bytes waits. The keys are served in turns, and when there is
 * too much the oldest message of the key that holds most of it goes, so that a flood of one key loses nothing of
 * another. Messages are shared, and what all subscribers together hold is bounded, too.
 *
 * <p>Threading: every method from any thread. Publishing and subscribing exclude each other by a lock, so a subscriber
 * gets each message either as the kept value or live, and all subscribers get them in one order. The lock is held for
 * one queue operation per subscriber, never while a callback runs, and no poll ever waits for it.
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

    private final CopyOnWriteArrayList<LatestValueSubscription<K, M>> subscriptions = new CopyOnWriteArrayList<>();

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
     * Keeps the message as its key's last one, if it may be kept, and offers it to every subscriber, dropping what is too
     * much for them.
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
            offer(topics.heard(key, keep), message, sizeBytes, lost);
        } finally {
            lock.unlock();
        }
        published.increment();
        evicted.add(lost.tell(evictions));
        subscriptions.forEach(this::callBack);
    }

    private void offer(Topic<K, M> topic, M message, int sizeBytes, EvictedKeys<K> lost) {
        KeyedMessage<K, M> keyed = new KeyedMessage<>(topic, message, sizeBytes, nextNumber++);
        topics.keep(keyed);
        window.add(keyed.number(), sizeBytes);
        boolean forget = window.firstIndex() > oldestHeld;
        oldestHeld = window.firstIndex();
        for (LatestValueSubscription<K, M> subscription : subscriptions) {
            if (forget) {
                subscription.forgetBefore(oldestHeld, lost);
            }
            subscription.offer(keyed, lost);
        }
    }

    private void callBack(LatestValueSubscription<K, M> subscription) {
        try {
            subscription.callBackIfDue();
        } catch (RuntimeException e) {
            // One subscriber's mistake must not keep the message from the others.
            failedCallbacks.increment();
        }
    }

    /**
     * Joins: the kept messages can be polled at once, in the order of their publication (each as it is by then), then what is published from
     * now on.
     *
     * @param onReady called on a publishing thread when there is something to poll again after {@link
     *     LatestValueSubscription#poll} returned null, and not for the kept messages. One that is on its way may still
     *     arrive after the cancellation. It must not block; what it throws is counted.
     */
    public LatestValueSubscription<K, M> subscribe(Runnable onReady) {
        Objects.requireNonNull(onReady, "onReady");
        LatestValueSubscription<K, M> subscription =
                new LatestValueSubscription<>(new TurnQueue<>(maxMessages, maxBytes), onReady, subscriptions::remove);
        lock.lock();
        try {
            subscription.start(topics.kept(), nextNumber);
            subscriptions.add(subscription);
        } finally {
            lock.unlock();
        }
        return subscription;
    }

    public LatestValueStatistics statistics() {
        int keys;
        lock.lock();
        try {
            keys = topics.keptCount();
        } finally {
            lock.unlock();
        }
        return new LatestValueStatistics(
                published.sum(), evicted.sum(), failedCallbacks.sum(), keys, subscriptions.size());
    }
}
