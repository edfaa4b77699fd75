package io.sdros.fanout;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The subscriptions to one {@link LatestValueBroadcaster} that are woken together.
 *
 * <p>Threading: added to under the broadcaster's lock, everything else by any thread.
 */
final class LatestValueGroup<K, M> {

    private final WakeupGroup wakeups;
    private final Consumer<LatestValueGroup<K, M>> onEmpty;
    private final CopyOnWriteArrayList<LatestValueSubscription<K, M>> subscriptions = new CopyOnWriteArrayList<>();

    /** One of the subscriptions became ready; put down by the publishing thread that wakes the group. */
    private volatile boolean due;

    /** @param onEmpty told when the last subscription has been removed; one may have been added again by then */
    LatestValueGroup(WakeupGroup wakeups, Consumer<LatestValueGroup<K, M>> onEmpty) {
        this.wakeups = wakeups;
        this.onEmpty = onEmpty;
    }

    WakeupGroup wakeups() {
        return wakeups;
    }

    void add(LatestValueSubscription<K, M> subscription) {
        subscriptions.add(subscription);
        wakeups.joined();
    }

    /** After the subscription has been closed. */
    void remove(LatestValueSubscription<K, M> subscription) {
        subscriptions.remove(subscription);
        wakeups.left();
        if (subscriptions.isEmpty()) {
            onEmpty.accept(this);
        }
    }

    int size() {
        return subscriptions.size();
    }

    /** Under the broadcaster's lock. */
    void forgetBefore(long number, EvictedKeys<K> lost) {
        for (LatestValueSubscription<K, M> subscription : subscriptions) {
            subscription.forgetBefore(number, lost);
        }
    }

    /** Under the broadcaster's lock. */
    void offer(KeyedMessage<K, M> message, EvictedKeys<K> lost) {
        for (LatestValueSubscription<K, M> subscription : subscriptions) {
            subscription.offer(message, lost);
        }
    }

    /** The next {@link #wakeIfDue} is to wake the group; called after what it is woken for. */
    void wakeupDue() {
        // The look first spares a thousand subscriptions a thousand writes. Whoever puts the flag down wakes only then,
        // so if it is found up, the wake-up is still to come.
        if (!due) {
            due = true;
        }
    }

    /**
     * Publishing thread, after the offers and without a lock.
     *
     * @return what the wake-up threw, null if nothing
     */
    Throwable wakeIfDue() {
        if (!due) {
            return null;
        }
        due = false;
        Throwable thrown = wakeups.published();
        if (thrown != null) {
            due = true; // made up for at the next publication: a subscription that is ready does not become so again
        }
        return thrown;
    }
}
