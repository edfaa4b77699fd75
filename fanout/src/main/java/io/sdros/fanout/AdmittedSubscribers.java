package io.sdros.fanout;

import java.util.ArrayList;
import java.util.List;

/**
 * The admitted subscribers, in no particular order.
 *
 * <p>Threading: producer thread only.
 */
final class AdmittedSubscribers<M> {

    private final List<Subscriber<M>> subscribers = new ArrayList<>();

    void add(Subscriber<M> subscriber) {
        subscribers.add(subscriber);
        subscriber.index = subscribers.size() - 1; // after what may throw
    }

    void remove(Subscriber<M> subscriber) {
        Subscriber<M> last = subscribers.remove(subscribers.size() - 1);
        if (last != subscriber) {
            subscribers.set(subscriber.index, last);
            last.index = subscriber.index;
        }
        subscriber.index = Subscriber.NOT_ADMITTED;
    }

    /** The hot loop: per subscriber one queue, and nothing of the subscription unless that queue is full. */
    void offer(Entry<M> entry) {
        for (int i = 0, size = subscribers.size(); i < size; i++) {
            Subscriber<M> subscriber = subscribers.get(i);
            if (subscriber.queue.offer(entry) != null) {
                subscriber.subscription.evicted();
            }
        }
    }

    void forgetBefore(long index) {
        for (int i = 0, size = subscribers.size(); i < size; i++) {
            subscribers.get(i).subscription.forgetBefore(index);
        }
    }

    Subscriber<M> get(int index) {
        return subscribers.get(index);
    }

    int size() {
        return subscribers.size();
    }

    boolean isEmpty() {
        return subscribers.isEmpty();
    }
}
