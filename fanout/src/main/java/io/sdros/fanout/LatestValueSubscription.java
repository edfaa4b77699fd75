package io.sdros.fanout;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One subscriber's messages of a {@link LatestValueBroadcaster}.
 *
 * <p>Threading: {@link #poll} is called by one thread at a time, each publishing its writes to the next; {@link
 * #cancel} by any.
 */
public final class LatestValueSubscription<K, M> {

    private final DropOldestQueue<KeyedMessage<K, M>> queue;
    private final Runnable onReady;
    private final Consumer<LatestValueSubscription<K, M>> onCancel;

    /** Up from the moment something may be there to poll until a poll finds nothing. */
    private final AtomicBoolean ready = new AtomicBoolean(true);

    private final AtomicBoolean cancelled = new AtomicBoolean();
    private volatile Queue<KeyedMessage<K, M>> kept = new ArrayDeque<>();

    LatestValueSubscription(
            DropOldestQueue<KeyedMessage<K, M>> queue,
            Runnable onReady,
            Consumer<LatestValueSubscription<K, M>> onCancel) {
        this.queue = queue;
        this.onReady = onReady;
        this.onCancel = onCancel;
    }

    /** Before anyone else knows this subscription. */
    void start(Collection<KeyedMessage<K, M>> latest) {
        kept = new ArrayDeque<>(latest);
    }

    /** Under the broadcaster's lock, which makes the publishing threads one producer. */
    KeyedMessage<K, M> offer(KeyedMessage<K, M> message) {
        return queue.offer(message);
    }

    void callBackOnce() {
        // After the offer: pairs with the exchange in poll().
        if (!ready.get() && !ready.getAndSet(true)) {
            onReady.run();
        }
    }

    /** @return the next message, null if there is none now */
    public M poll() {
        KeyedMessage<K, M> next = cancelled.get() ? null : next();
        if (next == null && ready.getAndSet(false) && !cancelled.get()) {
            // What was offered before the flag went down brought no callback; what is offered after it will.
            next = next();
            if (next != null) {
                ready.set(true);
            }
        }
        return next == null ? null : next.message();
    }

    private KeyedMessage<K, M> next() {
        KeyedMessage<K, M> first = kept.poll();
        return first != null ? first : queue.poll();
    }

    /** Leaves the broadcaster and lets go of everything held. Also while polling; again is harmless. */
    public void cancel() {
        if (!cancelled.getAndSet(true)) {
            // Swapped for an empty one, not emptied: a poll may be using it.
            kept = new ArrayDeque<>(0);
            onCancel.accept(this);
            queue.clear();
        }
    }
}
