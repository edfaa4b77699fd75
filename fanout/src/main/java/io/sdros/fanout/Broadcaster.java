package io.sdros.fanout;

import io.sdros.fanout.StreamPosition.Break;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Hands each published message to every subscriber, through one bounded queue each.
 *
 * <p>With keyframe gating on, the first message a subscriber polls is a keyframe, and after anything was dropped for it
 * the next is a keyframe again. A subscriber that joins is first given what was published since the last keyframe, as
 * far as that is cached, then what comes: without gap, repeat or reordering. See the package description for how.
 *
 * <p>Threading: {@link #publish}, {@link #skipped}, {@link #discontinuity} and {@link #service} belong to one thread,
 * the producer thread, which is the first that calls one of them (until it has ended, then another may go on). Wake-ups
 * and keyframe requests are called on it, and none of the four may be called from there. Misuse of either kind is an
 * {@link IllegalStateException}. All else is for any thread. Publishing neither locks nor allocates per subscriber, and
 * wakes each {@link WakeupGroup} at most once.
 */
public final class Broadcaster<M> {

    private final BroadcasterConfig config;
    private final BroadcasterCounters counters = new BroadcasterCounters();
    private final ServiceQueue<M> serviceQueue;
    private final KeyframeRequestSchedule requests;
    private final FlowClock flow;
    private final StreamPosition stream;

    // From here on: producer thread only.
    private final ProducerThread producer = new ProducerThread();
    private final AdmittedGroups groups = new AdmittedGroups(producer, counters);
    private final AdmittedSubscribers<M> admitted = new AdmittedSubscribers<>();
    private final KeyframeWaiters waiters = new KeyframeWaiters();
    private final OutsideNeed outside = new OutsideNeed();
    private final GopCache<M> gopCache;
    private final MemoryWindow window;
    private final TimeoutWatch<M> timeouts;
    private final ToIntFunction<Subscriber<M>> server = this::serve;
    private final Consumer<Subscriber<M>> wakeUpDue = subscriber -> groups.due(subscriber.group);
    private final long originNanos;
    private long nextIndex;
    /** The index of the newest entry that others may need. */
    private long newestNeeded = StreamPosition.NO_KEYFRAME;

    /** Whether a non-keyframe published now would continue something. */
    private boolean unbroken;

    Broadcaster(BroadcasterConfig config) {
        this.config = config;
        serviceQueue = new ServiceQueue<>(config.producerWakeup());
        requests = new KeyframeRequestSchedule(this::request, config.requestIntervalNanos());
        flow = new FlowClock(config.keyframeTimeoutNanos());
        stream = new StreamPosition(flow);
        gopCache = new GopCache<>(config.gopCacheBytes());
        window = new MemoryWindow(config.queueBytes());
        timeouts = new TimeoutWatch<>(config.keyframeTimeoutNanos());
        originNanos = config.nanoClock().getAsLong();
    }

    public static <M> BroadcasterBuilder<M> builder() {
        return new BroadcasterBuilder<>();
    }

    /**
     * Offers a message to every admitted subscriber and then wakes their groups. With gating on, a non-keyframe that
     * continues nothing (before the first keyframe, after a {@link #discontinuity}) is offered to nobody and counted as
     * gated.
     *
     * @param message not to be changed any more
     * @param sizeBytes what it counts in the GOP cache
     * @throws IllegalArgumentException if {@code sizeBytes} is negative
     */
    public void publish(M message, boolean keyframe, int sizeBytes) {
        publish(message, keyframe ? MessageKind.KEYFRAME : MessageKind.DELTA, sizeBytes);
    }

    /**
     * As {@link #publish(Object, boolean, int)}, of a stream in which it is known which messages no other needs: who lags
     * and {@linkplain #subscribe(WakeupGroup, boolean) may miss} them is spared these before it goes on at a keyframe.
     */
    public void publish(M message, MessageKind kind, int sizeBytes) {
        producer.check();
        Objects.requireNonNull(message, "message");
        boolean keyframe = kind == MessageKind.KEYFRAME;
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("sizeBytes must not be negative: " + sizeBytes);
        }
        long nowNanos = config.nanoClock().getAsLong();
        flow.frame(nowNanos);
        counters.published(keyframe);
        if (config.keyframeGating()) {
            if (keyframe) {
                beginGop();
            } else if (!unbroken) {
                counters.dropped(DropReason.GATE, admitted.size());
                return;
            }
        }
        Entry<M> entry = Entry.of(message, nextIndex++, newestNeeded, kind, sizeBytes, nowNanos);
        if (kind != MessageKind.DROPPABLE) {
            newestNeeded = entry.index();
            stream.neededRate().message(nowNanos);
        }
        gopCache.add(entry);
        window.add(entry.index(), sizeBytes);
        // What is kept for replaying is alive anyway.
        long firstIndex = Math.min(window.firstIndex(), gopCache.firstIndex());
        if (firstIndex > stream.oldestHeld()) {
            stream.forgetBefore(firstIndex);
            admitted.forgetBefore(firstIndex);
        }
        admitted.offer(entry);
        groups.wakeForMessage();
    }

    private void beginGop() {
        unbroken = true;
        stream.keyframe(nextIndex);
        waiters.keyframe(nextIndex);
        outside.met();
        requests.answered();
    }

    /**
     * A frame went by that nobody may see: it only shows that frames are flowing. Wakes nobody; if a keyframe timeout
     * passes with it, the next {@link #service} does.
     */
    public void skipped() {
        producer.check();
        flow.frame(config.nanoClock().getAsLong());
        counters.skipped();
    }

    /**
     * The next message does not continue the last one. With gating on, the GOP cache is emptied, subscribers still get
     * what they hold, and after it nothing until a keyframe, which is needed if there are any.
     *
     * <p>The next {@link #service} asks for it, unless it has come by then, and wakes the groups after that: a thread that
     * is woken may take the processor from the producer thread, and the request would be late by as much.
     *
     * <p>A producer that stops reading its source, because nobody is subscribed, say, calls this when it stops: what is
     * cached is replayed to whoever joins, however long ago it was published.
     */
    public void discontinuity() {
        producer.check();
        counters.discontinuity();
        stream.neededRate().interrupted();
        if (!config.keyframeGating() || !unbroken) {
            return;
        }
        long nowNanos = config.nanoClock().getAsLong();
        unbroken = false;
        gopCache.clear();
        stream.broken(new Break(nextIndex, flow.nanos(), nowNanos));
        if (everybodyWaits() > 0) {
            requests.need(KeyframeRequestReason.LAG, 0, nowNanos - originNanos);
        }
        groups.allDue();
    }

    /** @return how many of them did not wait already */
    private int everybodyWaits() {
        int waitingBefore = waiters.count();
        for (int i = 0; i < admitted.size(); i++) {
            waiters.add(admitted.get(i));
        }
        return waiters.count() - waitingBefore;
    }

    /**
     * Admits who joined, lets go of who left, sends the keyframe request that is due, and wakes the groups of those who
     * were admitted, or whose keyframe timeout has been reached while there was nothing to poll (these again and again
     * until they leave). Cheap when there is nothing to do; meant to be called in every pass of the producer's loop,
     * frames or none.
     *
     * @return how many subscribers the groups were woken for
     */
    public int service() {
        producer.check();
        try {
            return serviceQueue.serve(server) + timedOut();
        } finally {
            groups.wakeDue(); // also when something was thrown, for those who had been admitted by then
        }
    }

    private int timedOut() {
        if (!config.keyframeGating()) {
            return 0;
        }
        long nowNanos = nowNanos();
        outside.take(requests, nowNanos);
        if (requests.service(nowNanos, waiters.count() + outside.clients())) {
            waiters.requested(nowNanos, admitted);
            outside.met();
        }
        return timeouts.check(admitted, flow.nanos(), unbroken ? null : stream.lastBreak(), wakeUpDue);
    }

    /** @return how many were admitted */
    private int serve(Subscriber<M> subscriber) {
        if (subscriber.subscription.closed()) {
            remove(subscriber);
            return 0;
        }
        if (subscriber.index == Subscriber.NOT_ADMITTED) {
            return admit(subscriber);
        }
        needAfterLag(subscriber);
        return 0;
    }

    private int admit(Subscriber<M> subscriber) {
        Replay<M> replay = subscriber.rejoins ? Replay.none() : gopCache.replay();
        long firstIndex = nextIndex - replay.size();
        add(subscriber);
        if (!subscriber.subscription.admit(firstIndex, replay)) {
            remove(subscriber);
            return 0;
        }
        if (config.keyframeGating() && replay.size() == 0) {
            need(subscriber, subscriber.rejoins ? KeyframeRequestReason.LAG : KeyframeRequestReason.JOIN);
        }
        groups.due(subscriber.group);
        return 1;
    }

    private void add(Subscriber<M> subscriber) {
        if (subscriber.group == null) {
            subscriber.group = groups.add(subscriber.subscription.group());
        }
        admitted.add(subscriber);
    }

    private void remove(Subscriber<M> subscriber) {
        if (subscriber.group != null) {
            groups.remove(subscriber.group);
            subscriber.group = null;
        }
        if (subscriber.index != Subscriber.NOT_ADMITTED) {
            admitted.remove(subscriber);
            waiters.remove(subscriber);
        }
        subscriber.subscription.release();
    }

    /** Unless a keyframe has been published since, which is in its queue. */
    private void needAfterLag(Subscriber<M> subscriber) {
        if (subscriber.gate.currentWait().sinceKeyframe() == stream.latestKeyframe()) {
            need(subscriber, KeyframeRequestReason.LAG);
        }
    }

    private void need(Subscriber<M> subscriber, KeyframeRequestReason reason) {
        if (!waiters.add(subscriber)) {
            return;
        }
        long nowNanos = nowNanos();
        if (reason == KeyframeRequestReason.LAG) {
            subscriber.backoff.lagged(nowNanos);
        }
        long openNanos = subscriber.backoff.openNanos();
        if (openNanos > nowNanos && subscriber.backoff.grown()) {
            // It may be held back for longer than the timeout; who is not asked for must not be closed for want of an
            // answer.
            subscriber.gate.waitCountsFrom(originNanos + openNanos);
        }
        requests.need(reason, openNanos, nowNanos);
    }

    private boolean request(KeyframeRequestReason reason, int clients) {
        producer.callbackBegins();
        try {
            return config.keyframeRequestSink().request(reason, clients);
        } finally {
            producer.callbackEnded();
        }
    }

    private long nowNanos() {
        return config.nanoClock().getAsLong() - originNanos;
    }

    /**
     * Joins the stream at the next {@link #service}; any thread. For a thread that waits for its messages: the
     * subscription is alone in a group of its own.
     */
    public StreamSubscription<M> subscribe() {
        return subscribe(new WakeupGroup());
    }

    /**
     * Joins the stream at the next {@link #service}; any thread.
     *
     * @param group woken once the subscription has been admitted, whether or not something can be polled by then, and
     *     from then on as {@link Wakeup} says. A wake-up that is on its way may still arrive after the subscription has
     *     been closed.
     */
    public StreamSubscription<M> subscribe(WakeupGroup group) {
        return subscribe(group, false);
    }

    /**
     * As {@link #subscribe(WakeupGroup)}.
     *
     * @param mayMissDroppable whether it copes with gaps where nothing but {@link MessageKind#DROPPABLE} messages is
     *     missing; else such a gap is a lag for it as any other
     */
    public StreamSubscription<M> subscribe(WakeupGroup group, boolean mayMissDroppable) {
        return subscribe(group, SubscriptionOptions.ALL.mayMissDroppable(mayMissDroppable));
    }

    /** As {@link #subscribe(WakeupGroup)}, of not all messages or not in all cases. */
    public StreamSubscription<M> subscribe(WakeupGroup group, SubscriptionOptions options) {
        return subscribe(group, options, false);
    }

    /**
     * As {@link #subscribe(WakeupGroup, SubscriptionOptions)}, for somebody whose earlier subscription was of no
     * use any more, say because its decoder failed: nothing is replayed, for it may have had that, and a keyframe is asked for
     * as for one that lags.
     */
    public StreamSubscription<M> rejoin(WakeupGroup group, SubscriptionOptions options) {
        return subscribe(group, options, true);
    }

    private StreamSubscription<M> subscribe(WakeupGroup group, SubscriptionOptions options, boolean rejoins) {
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(options, "options");
        Subscriber<M> subscriber = new Subscriber<>(config, stream, counters, serviceQueue, group, options, rejoins);
        counters.joined();
        group.joined();
        try {
            serviceQueue.put(subscriber);
        } catch (RuntimeException | Error e) {
            subscriber.subscription.close(); // nobody else can: it would count as subscribed for ever
            throw e;
        }
        return subscriber.subscription;
    }

    /**
     * Clients that are not subscribed, but get what a subscriber passes on to them, need a keyframe; any thread. It is asked
     * for as for subscribers, together with these: not more often than requests may be, and not if a keyframe comes before.
     * It is asked for once; whoever still needs one later says so again.
     *
     * @param clients how many, at least 1
     */
    public void needKeyframe(KeyframeRequestReason reason, int clients) {
        if (clients < 1) {
            throw new IllegalArgumentException("clients must be at least 1: " + clients);
        }
        if (outside.tell(Objects.requireNonNull(reason, "reason"), clients)) {
            config.producerWakeup().run();
        }
    }

    /**
     * Whether anybody is subscribed, admitted or not; any thread. A producer that goes by it whether to read its source
     * calls {@link #discontinuity} when it stops.
     */
    public boolean hasSubscribers() {
        return counters.subscribers() > 0;
    }

    /** Subscriptions that have not been closed, admitted or not; any thread. */
    public int subscriberCount() {
        return counters.subscribers();
    }

    /** Any thread. */
    public BroadcasterStatistics statistics() {
        return counters.snapshot(requests.statistics());
    }
}
