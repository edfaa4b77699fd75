package io.sdros.fanout;

import java.util.Optional;

/**
 * The producer's side of a subscription: its queue and what the producer remembers about it, apart from the
 * subscription itself so that publishing does not touch the polling thread's cache lines.
 *
 * <p>Threading: built by the subscribing thread, then used by the producer thread only.
 */
final class Subscriber<M> {

    static final int NOT_ADMITTED = -1;

    final DropOldestQueue<Entry<M>> queue;
    final Gate gate;
    final StreamSubscription<M> subscription;

    /** Whether it was here before and wants nothing of what it may have had. */
    final boolean rejoins;

    /** Its group's part in the broadcaster; null while it is not admitted. */
    AdmittedGroups.Group group;

    /** Its place in the {@link AdmittedSubscribers}. */
    int index = NOT_ADMITTED;

    /** The newest keyframe when it was last counted as waiting: it still is while there is no newer one. */
    long waitingSinceKeyframe = Long.MIN_VALUE;

    final RequestBackoff backoff;

    Subscriber(
            BroadcasterConfig config,
            StreamPosition stream,
            BroadcasterCounters totals,
            ServiceQueue<M> serviceQueue,
            WakeupGroup group,
            SubscriptionOptions options,
            boolean rejoins) {
        this.rejoins = rejoins;
        SubscriptionCounters counters = new SubscriptionCounters(totals);
        queue = new DropOldestQueue<>(config.capacity());
        boolean mayMissDroppable = options.mayMissDroppable() || options.mostPerSecond().isPresent();
        Gate all = config.keyframeGating()
                ? new KeyframeGate(config, stream, counters, mayMissDroppable ? Optional.of(queue) : Optional.empty(),
                        () -> serviceQueue.put(this))
                : new OpenGate(config, counters);
        gate = options.mostPerSecond().isEmpty() ? all
                : new ReducingGate(all, options.mostPerSecond().getAsDouble(), config.keyframeGating(), stream, counters);
        subscription = new StreamSubscription<>(queue, gate, counters, stream, new StreamSubscription.Owner(group, () -> {
            totals.left();
            serviceQueue.put(this);
        }));
        backoff = new RequestBackoff(config.requestIntervalNanos(), config.clientRequestIntervalNanos());
    }
}
