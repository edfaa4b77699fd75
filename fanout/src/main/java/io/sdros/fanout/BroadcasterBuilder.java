package io.sdros.fanout;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

/** Settings of a {@link Broadcaster}. Not thread-safe; {@link #build} may be called more than once. */
public final class BroadcasterBuilder<M> {

    private static final int DEFAULT_CAPACITY = 64;
    private static final Duration DEFAULT_MAX_LATENCY = Duration.ofMillis(500);
    private static final long DEFAULT_GOP_CACHE_BYTES = 8L << 20;
    private static final int HEAP_PER_QUEUE_BYTES = 4;
    private static final Duration DEFAULT_KEYFRAME_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration DEFAULT_REQUEST_INTERVAL = Duration.ofMillis(500);
    private static final Duration DEFAULT_CLIENT_REQUEST_INTERVAL = Duration.ofSeconds(2);

    private int capacity = DEFAULT_CAPACITY;
    private Duration maxLatency = DEFAULT_MAX_LATENCY;
    private long gopCacheBytes = DEFAULT_GOP_CACHE_BYTES;
    private long queueBytes = Runtime.getRuntime().maxMemory() / HEAP_PER_QUEUE_BYTES;
    private boolean keyframeGating = true;
    private Duration keyframeTimeout = DEFAULT_KEYFRAME_TIMEOUT;
    private Duration requestInterval = DEFAULT_REQUEST_INTERVAL;
    private Duration clientRequestInterval = DEFAULT_CLIENT_REQUEST_INTERVAL;
    private LongSupplier nanoClock = System::nanoTime;
    private KeyframeRequestSink keyframeRequestSink = (reason, clients) -> false;
    private Runnable producerWakeup = () -> {};

    BroadcasterBuilder() {}

    /** How many messages each subscriber's queue holds, at least 1; 64 by default. A replay is held besides. */
    public BroadcasterBuilder<M> capacity(int messages) {
        if (messages < 1) {
            throw new IllegalArgumentException("capacity must be at least 1: " + messages);
        }
        capacity = messages;
        return this;
    }

    /** How old a subscriber's oldest queued message may be when it is polled; zero for no limit, 500 ms by default. */
    public BroadcasterBuilder<M> maxLatency(Duration latency) {
        maxLatency = notNegative(latency, "maxLatency");
        return this;
    }

    /** How large a GOP is kept for replaying; 0 for none, 8 MiB by default. */
    public BroadcasterBuilder<M> gopCacheBytes(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("gopCacheBytes must not be negative: " + bytes);
        }
        gopCacheBytes = bytes;
        return this;
    }

    /**
     * How much all queues together hold at most, at least 1; a quarter of the heap by default. Messages are shared, so
     * each counts once: what lies further back in the stream than this is taken out of every queue, and whoever waited
     * for it lags. The newest message and what is kept for replaying come on top.
     */
    public BroadcasterBuilder<M> queueBytes(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("queueBytes must be at least 1: " + bytes);
        }
        queueBytes = bytes;
        return this;
    }

    /**
     * Whether subscribers depend on keyframes (the default). Without, everybody gets everything from joining on: no
     * replay, no keyframe requests, no timeout.
     */
    public BroadcasterBuilder<M> keyframeGating(boolean gating) {
        keyframeGating = gating;
        return this;
    }

    /** How long frames may flow without a keyframe before a waiting subscriber counts as timed out; 5 s by default. */
    public BroadcasterBuilder<M> keyframeTimeout(Duration timeout) {
        keyframeTimeout = positive(timeout, "keyframeTimeout");
        return this;
    }

    /** The least time between two keyframe requests, and until one is repeated; 500 ms by default. */
    public BroadcasterBuilder<M> requestInterval(Duration interval) {
        requestInterval = positive(interval, "requestInterval");
        return this;
    }

    /**
     * How long after the second of two requests for a subscriber's lags its further needs cause none, so that one which
     * lags again and again does not raise the rate for everybody; zero for no limit, 2 s by default. Each pair of requests
     * doubles it, up to 30 s. Such a need is sent once the time has passed, if no keyframe came meanwhile. The repetition
     * of an unanswered request is not held back.
     */
    public BroadcasterBuilder<M> clientRequestInterval(Duration interval) {
        clientRequestInterval = notNegative(interval, "clientRequestInterval");
        return this;
    }

    /** The clock for everything, in nanoseconds, read from any thread; {@link System#nanoTime} by default. */
    public BroadcasterBuilder<M> nanoClock(LongSupplier clock) {
        nanoClock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /** Where keyframe requests go; by default nowhere, and each counts as failed. */
    public BroadcasterBuilder<M> keyframeRequestSink(KeyframeRequestSink sink) {
        keyframeRequestSink = Objects.requireNonNull(sink, "sink");
        return this;
    }

    /**
     * Wakes the producer thread, so that {@link Broadcaster#service} runs soon: somebody joined, left, or needs a
     * keyframe. Called from any thread, the producer's included, at most once per service(); it must neither block nor
     * throw. Where service() runs every few milliseconds anyway, it is not needed.
     */
    public BroadcasterBuilder<M> producerWakeup(Runnable callback) {
        producerWakeup = Objects.requireNonNull(callback, "callback");
        return this;
    }

    public Broadcaster<M> build() {
        return new Broadcaster<>(new BroadcasterConfig(
                capacity,
                maxLatency.toNanos(),
                keyframeGating ? gopCacheBytes : 0,
                queueBytes,
                keyframeGating,
                keyframeTimeout.toNanos(),
                requestInterval.toNanos(),
                clientRequestInterval.toNanos(),
                nanoClock,
                keyframeRequestSink,
                producerWakeup));
    }

    private static Duration positive(Duration duration, String name) {
        if (notNegative(duration, name).isZero()) {
            throw new IllegalArgumentException(name + " must be positive");
        }
        return duration;
    }

    private static Duration notNegative(Duration duration, String name) {
        Objects.requireNonNull(duration, name);
        if (duration.isNegative()) {
            throw new IllegalArgumentException(name + " must not be negative: " + duration);
        }
        return duration;
    }
}
