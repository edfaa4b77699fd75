package io.sdros.fanout;

/**
 * The producer's side of a subscription: its queue and what the producer remembers about it, apart from the
 * subscription itself so that publishing does not touch the polling thread's cache lines.
 *
 * <p>Threading: built by the subscribing thread, then used by the producer thread only.
 */
final class Member<M> {

    static final int NO_SEAT = -1;

    final DropOldestQueue<Entry<M>> queue;
    final Gate gate;
    final StreamSubscription<M> subscription;

    /** Its group's part in the broadcaster; null while it is not admitted. */
    GroupWakeups.Entry group;

    /** Its place in the {@link Roster}. */
    int seat = NO_SEAT;

    /** The newest keyframe when it was last counted as waiting: it still is while there is no newer one. */
    long waitingSinceKeyframe = Long.MIN_VALUE;

    final RequestBackoff backoff;

    Member(
            BroadcasterConfig config,
            StreamPosition stream,
            BroadcasterCounters totals,
            Inbox<M> inbox,
            WakeupGroup group) {
        SubscriptionCounters counters = new SubscriptionCounters(totals);
        queue = new DropOldestQueue<>(config.capacity());
        gate = config.keyframeGating()
                ? new KeyframeGate(config, stream, counters, () -> inbox.put(this))
                : new OpenGate(config, counters);
        subscription = new StreamSubscription<>(queue, gate, counters, stream, group, () -> {
            totals.left();
            inbox.put(this);
        });
        backoff = new RequestBackoff(config.clientRequestIntervalNanos());
    }
}
