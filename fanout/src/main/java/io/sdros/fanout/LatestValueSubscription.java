package io.sdros.fanout;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * One subscriber's messages of a {@link LatestValueBroadcaster}.
 *
 * <p>Threading: {@link #poll} is called by one thread at a time, each publishing its writes to the next; {@link
 * #cancel} by any.
 */
public final class LatestValueSubscription<K, M> {

    private static final VarHandle READY;
    private static final VarHandle CANCELLED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            READY = lookup.findVarHandle(LatestValueSubscription.class, "ready", boolean.class);
            CANCELLED = lookup.findVarHandle(LatestValueSubscription.class, "cancelled", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final DropOldestQueue<KeyedMessage<K, M>> queue;
    private final Runnable onReady;
    private final Consumer<LatestValueSubscription<K, M>> onCancel;

    /**
     * Up from the moment something may be there to poll until a poll finds nothing. A field, and asked before anything
     * else: with a thousand subscribers every object a poll looks at is a cache miss, and a video client polls for telemetry
     * before and after each frame.
     */
    private volatile boolean ready = true;

    private volatile boolean cancelled;
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
        // After the offer: pairs with the exchange in poll() that takes the flag down. Seen up, it makes the next poll look.
        if (!ready && !(boolean) READY.getAndSet(this, true)) {
            onReady.run();
        }
    }

    /** Whether a poll may find something; false only if it would not. Any thread. */
    public boolean ready() {
        return ready;
    }

    /** @return the next message, null if there is none now */
    public M poll() {
        if (!ready) {
            return null; // what was offered since the flag went down is on its way to callBackOnce(), which puts it up
        }
        KeyedMessage<K, M> next = cancelled ? null : next();
        if (next == null && (boolean) READY.getAndSet(this, false) && !cancelled) {
            // What was offered before the flag went down brought no callback; what is offered after it will.
            next = next();
            if (next != null) {
                ready = true;
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
        if (!(boolean) CANCELLED.getAndSet(this, true)) {
            // Swapped for an empty one, not emptied: a poll may be using it.
            kept = new ArrayDeque<>(0);
            onCancel.accept(this);
            queue.clear();
        }
    }
}
