package io.sdros.fanout;

/**
 * One key of a {@link LatestValueBroadcaster}: all its messages point here, so that telling keys apart is a comparison
 * of references.
 */
final class Topic<K, M> {

    final K key;

    /** The last message while it is kept, else null. Written under the broadcaster's lock, read by any thread. */
    volatile KeyedMessage<K, M> latest;

    /** Scratch space for {@link RoundRobinQueue}, under the broadcaster's lock: what one queue holds of this key. */
    long held;

    Topic(K key) {
        this.key = key;
    }
}
