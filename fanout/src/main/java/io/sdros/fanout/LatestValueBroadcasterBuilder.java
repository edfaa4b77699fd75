package io.sdros.fanout;

import java.util.Objects;
import java.util.function.Predicate;

/** Settings of a {@link LatestValueBroadcaster}. Not thread-safe; {@link #build} may be called more than once. */
public final class LatestValueBroadcasterBuilder<K, M> {

    private static final int DEFAULT_MAX_MESSAGES = 256;
    private static final int DEFAULT_CACHED_KEYS = 256;

    private int maxMessages = DEFAULT_MAX_MESSAGES;
    private int cachedKeys = DEFAULT_CACHED_KEYS;
    private Predicate<? super K> cacheable = key -> true;
    private LatestValueBroadcaster.EvictionListener<? super K> evictions = (key, subscribers) -> {};

    LatestValueBroadcasterBuilder() {}

    /** How many live messages wait for a subscriber at most, at least 1; 256 by default. */
    public LatestValueBroadcasterBuilder<K, M> maxMessages(int messages) {
        if (messages < 1) {
            throw new IllegalArgumentException("maxMessages must be at least 1: " + messages);
        }
        maxMessages = messages;
        return this;
    }

    /** For how many keys the last message is kept; 0 for none, 256 by default. */
    public LatestValueBroadcasterBuilder<K, M> cachedKeys(int keys) {
        if (keys < 0) {
            throw new IllegalArgumentException("cachedKeys must not be negative: " + keys);
        }
        cachedKeys = keys;
        return this;
    }

    /**
     * Of which keys the last message is kept; of all by default. Asked on the publishing thread, once per message; it
     * must neither block nor throw.
     */
    public LatestValueBroadcasterBuilder<K, M> cacheable(Predicate<? super K> predicate) {
        cacheable = Objects.requireNonNull(predicate, "predicate");
        return this;
    }

    /** Told which messages subscribers did not get; by default nobody is. */
    public LatestValueBroadcasterBuilder<K, M> evictions(LatestValueBroadcaster.EvictionListener<? super K> listener) {
        evictions = Objects.requireNonNull(listener, "listener");
        return this;
    }

    public LatestValueBroadcaster<K, M> build() {
        return new LatestValueBroadcaster<K, M>(maxMessages, cachedKeys, cacheable, evictions);
    }
}
