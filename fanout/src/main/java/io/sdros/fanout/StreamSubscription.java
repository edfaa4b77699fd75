package io.sdros.fanout;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * One subscriber's view of a {@link Broadcaster}'s stream.
 *
 * <p>Threading: as in {@link Subscription}; {@link #timedOut} is for the polling thread, too.
 */
public final class StreamSubscription<M> implements Subscription<M> {

    /**
     * What is seldom needed, in an object of its own: with a thousand subscribers the size of this one is felt.
     *
     * @param group woken for this subscription
     * @param onClose called once, on whichever thread closes
     */
    record Owner(WakeupGroup group, Runnable onClose) {}

    private enum Membership {
        JOINING,
        ADMITTED,
        CLOSED
    }

    private static final VarHandle MEMBERSHIP;

    static {
        try {
            MEMBERSHIP = MethodHandles.lookup().findVarHandle(StreamSubscription.class, "membership", Membership.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final DropOldestQueue<Entry<M>> queue;
    private final Gate gate;
    private final SubscriptionCounters counters;
    private final StreamPosition stream;
    private final Owner owner;
    private volatile Membership membership = Membership.JOINING;

    // Set before the admission. Taken away by whoever comes first: the polling thread after its last entry, the
    // producer when the queue behind it overflows, or close().
    private volatile Replay<M> replay;
    private long publishNanos;
    private long index;

    StreamSubscription(DropOldestQueue<Entry<M>> queue, Gate gate, SubscriptionCounters counters, StreamPosition stream,
            Owner owner) {
        this.queue = queue;
        this.gate = gate;
        this.counters = counters;
        this.stream = stream;
        this.owner = owner;
    }

    /**
     * Takes the next message this subscriber may see. What it may not see is discarded on the way; that the subscriber
     * lags, waits for a keyframe or has it again is decided here.
     */
    @Override
    public M poll() {
        return poll(0, 0);
    }

    /**
     * As {@link #poll()}, for who knows how long messages are on their way: one that would be older than the maximum latency
     * when it arrives is too old now. The newest keyframe is taken whatever its age, as always.
     *
     * @param aheadNanos until what was polled before has arrived
     * @param nanosPerByte from then on, of the message's size
     */
    public M poll(long aheadNanos, double nanosPerByte) {
        // Acquire: pairs with the compare-and-set in admit().
        while (membership == Membership.ADMITTED) {
            Replay<M> first = replay;
            Entry<M> entry = first != null ? first.poll() : queue.poll();
            if (entry != null) {
                long transitNanos = nanosPerByte == 0 ? aheadNanos : aheadNanos + (long) (nanosPerByte * entry.sizeBytes());
                if (gate.accepts(entry, first != null, transitNanos)) {
                    publishNanos = entry.publishNanos();
                    index = entry.index();
                    return entry.message();
                }
            } else if (first != null) {
                replay = null;
            } else {
                gate.exhausted();
                return null;
            }
        }
        return null;
    }

    @Override
    public M poll(Duration timeout) throws InterruptedException {
        return owner.group().await(this, timeout);
    }

    /** Be it that what a poll would find is discarded. */
    @Override
    public boolean ready() {
        return replay != null || !queue.isEmpty();
    }

    /**
     * Whether this subscriber has waited for a keyframe for the whole keyframe timeout while frames were flowing. Ask
     * after {@link #poll} returned null.
     */
    public boolean timedOut() {
        return membership == Membership.ADMITTED && gate.timedOut();
    }

    /** Any thread; a snapshot. */
    public SubscriptionState state() {
        return switch (membership) {
            case JOINING -> SubscriptionState.JOINING;
            case CLOSED -> SubscriptionState.CLOSED;
            case ADMITTED -> admittedState();
        };
    }

    private SubscriptionState admittedState() {
        if (gate.awaitingKeyframe()) {
            return SubscriptionState.AWAITING_KEYFRAME;
        }
        return replay != null ? SubscriptionState.REPLAYING : SubscriptionState.STREAMING;
    }

    /** When the message last polled was published, on the injected clock. Polling thread only. */
    public long publishNanos() {
        return publishNanos;
    }

    /**
     * Whether the message last polled is one of those that the bound on memory has let go of meanwhile: who holds on to
     * it keeps alive what is no longer counted. Polling thread only.
     */
    public boolean lastIsForgotten() {
        return index < stream.oldestHeld();
    }

    /**
     * Whether the message last polled is a keyframe before which this subscriber was not given others, or its first. Never
     * without keyframe gating. Polling thread only.
     */
    public boolean lastBeganAnew() {
        return gate.beganAnew();
    }

    /** Messages that were offered to this subscriber and that it did not get; any thread. */
    public long dropped(DropReason reason) {
        return counters.count(reason);
    }

    /** Times this subscriber lagged; any thread. */
    public long lagEvents() {
        return counters.lagEvents();
    }

    @Override
    public void close() {
        if (MEMBERSHIP.getAndSet(this, Membership.CLOSED) != Membership.CLOSED) {
            release();
            owner.group().left();
            owner.onClose().run();
        }
    }

    @Override
    public boolean closed() {
        return membership == Membership.CLOSED;
    }

    WakeupGroup group() {
        return owner.group();
    }

    /** Producer thread. Everything it writes before is visible to the polling thread once it sees ADMITTED. */
    boolean admit(long nextIndex, Replay<M> first) {
        boolean replaying = first.size() > 0;
        gate.start(nextIndex, replaying);
        replay = replaying ? first : null;
        // Release: pairs with the read in poll(). Fails if close() was first, which could not see the replay yet.
        boolean admitted = MEMBERSHIP.compareAndSet(this, Membership.JOINING, Membership.ADMITTED);
        if (!admitted) {
            replay = null;
        }
        return admitted;
    }

    /** Producer thread: the queue lost its oldest entry, so the rest of a replay leads nowhere. */
    void evicted() {
        counters.evicted();
        if (replay != null) {
            replay = null;
        }
    }

    /** Producer thread: the entries before this index are to be held no longer. */
    void forgetBefore(long firstIndex) {
        Replay<M> first = replay;
        if (first != null && first.holdsBefore(firstIndex)) {
            replay = null;
            counters.forgotten(first.size());
        }
        // A poll at the same moment may take the one that was looked at, and then the next goes in its place: one more
        // for a subscriber that was at the very end of what may be held.
        for (Entry<M> oldest = queue.peek(); oldest != null && oldest.index() < firstIndex; oldest = queue.peek()) {
            if (queue.poll() != null) {
                counters.forgotten(1);
            }
        }
    }

    /** Any thread, after the close; once more when the producer can offer nothing any more. */
    void release() {
        replay = null;
        queue.clear();
    }
}
