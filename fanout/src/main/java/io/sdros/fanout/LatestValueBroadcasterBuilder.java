package io.sdros.fanout;

import java.util.Objects;
import java.util.function.Predicate;

/** Settings of a {@link LatestValueBroadcaster}. Not thread-safe; {@link #build} may be called more than once. */
public final class LatestValueBroadcasterBuilder<K, M> {

    private static final int DEFAULT_MAX_MESSAGES = 256;
    private static final long DEFAULT_MAX_BYTES = 1L << 20;
    private static final long DEFAULT_MAX_HELD_BYTES = 16L << 20;
    private static final int DEFAULT_CACHED_KEYS = 256;

    private int maxMessages = DEFAULT_MAX_MESSAGES;
    private long maxBytes = DEFAULT_MAX_BYTES;
    private long maxHeldBytes = DEFAULT_MAX_HELD_BYTES;
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

    /**
     * How many bytes of live messages wait for a subscriber at most, at least 1; 1 MiB by default. A single message
     * waits in any case.
     */
    public LatestValueBroadcasterBuilder<K, M> maxBytes(long bytes) {
        maxBytes = positive(bytes, "maxBytes");
        return this;
    }

    /**
     * How many bytes of live messages wait for all subscribers together at most, at least 1; 16 MiB by default.
     * Messages are shared, so each counts once: one after which so much has been published goes, wherever it waits.
     */
    public LatestValueBroadcasterBuilder<K, M> maxHeldBytes(long bytes) {
        maxHeldBytes = positive(bytes, "maxHeldBytes");
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
        return new LatestValueBroadcaster<>(maxMessages, maxBytes, maxHeldBytes, cachedKeys, cacheable, evictions);
    }

    private static long positive(long bytes, String name) {
        if (bytes < 1) {
            throw new IllegalArgumentException(name + " must be at least 1: " + bytes);
        }
        return bytes;
    }
}
