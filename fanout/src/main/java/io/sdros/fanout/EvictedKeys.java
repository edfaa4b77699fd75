package io.sdros.fanout;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The keys that one publication pushed out of full queues. Subscribers that keep the same pace lose the same message,
 * so runs of one key are counted together. One thread.
 */
final class EvictedKeys<K> {

    private record Run<K>(K key, int subscribers) {}

    private Queue<Run<K>> earlier;
    private K key;
    private int subscribers;

    void add(K evicted) {
        if (evicted != key && subscribers > 0) {
            earlier = earlier == null ? new ArrayDeque<>() : earlier;
            earlier.add(new Run<>(key, subscribers));
            subscribers = 0;
        }
        key = evicted;
        subscribers++;
    }

    /** @return how many there were in all */
    int tell(LatestValueBroadcaster.EvictionListener<? super K> listener) {
        int total = subscribers;
        for (Run<K> run = earlier == null ? null : earlier.poll(); run != null; run = earlier.poll()) {
            listener.onEvicted(run.key(), run.subscribers());
            total += run.subscribers();
        }
        if (subscribers > 0) {
            listener.onEvicted(key, subscribers);
        }
        return total;
    }
}
