package io.sdros.fanout;

import io.sdros.fanout.StreamPosition.Break;
import java.util.Objects;
import java.util.function.Consumer;

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
    private final Inbox<M> inbox;
    private final KeyframeRequests requests;
    private final FlowClock flow;
    private final StreamPosition stream;

    // From here on: producer thread only.
    private final ProducerThread producer = new ProducerThread();
    private final GroupWakeups wakeups = new GroupWakeups(producer, counters);
    private final Roster<M> roster = new Roster<>();
    private final WaitingRoom waitingRoom = new WaitingRoom();
    private final GopCache<M> gopCache;
    private final MemoryWindow window;
    private final TimeoutWatch<M> timeouts;
    private final Consumer<Member<M>> wakeUpDue = member -> wakeups.due(member.group);
    private final long originNanos;
    private long nextIndex;
    private Member<M> attending; // null between two of them
    private Member<M> attendedAgain; // null unless something was thrown

    /** Whether a non-keyframe published now would continue something. */
    private boolean unbroken;

    Broadcaster(BroadcasterConfig config) {
        this.config = config;
        inbox = new Inbox<>(config.producerWakeup());
        requests = new KeyframeRequests(this::request, config.requestIntervalNanos());
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
        producer.check();
        Objects.requireNonNull(message, "message");
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("sizeBytes must not be negative: " + sizeBytes);
        }
        long nowNanos = config.nanoClock().getAsLong();
        flow.frame(nowNanos);
        counters.published(keyframe);
        if (config.keyframeGating()) {
            if (keyframe) {
                beginGroup();
            } else if (!unbroken) {
                counters.dropped(DropReason.GATE, roster.size());
                return;
            }
        }
        Entry<M> entry = new Entry<>(message, nextIndex++, keyframe, sizeBytes, nowNanos);
        gopCache.add(entry);
        window.add(entry.index(), sizeBytes);
        // What is kept for replaying is alive anyway.
        long firstIndex = Math.min(window.firstIndex(), gopCache.firstIndex());
        if (firstIndex > stream.oldestHeld()) {
            stream.forgetBefore(firstIndex);
            roster.forgetBefore(firstIndex);
        }
        roster.offer(entry);
        wakeups.published();
    }

    private void beginGroup() {
        unbroken = true;
        stream.keyframe(nextIndex);
        waitingRoom.keyframe(nextIndex);
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
     * <p>A producer that stops reading its source, because nobody is subscribed, say, calls this when it stops: what is
     * cached is replayed to whoever joins, however long ago it was published.
     */
    public void discontinuity() {
        producer.check();
        counters.discontinuity();
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
        wakeups.changed();
    }

    /** @return how many of them did not wait already */
    private int everybodyWaits() {
        int waitingBefore = waitingRoom.count();
        for (int i = 0; i < roster.size(); i++) {
            waitingRoom.enter(roster.get(i));
        }
        return waitingRoom.count() - waitingBefore;
    }

    /**
     * Admits who joined, lets go of who left, sends the keyframe request that is due, and wakes the groups of those who
     * were admitted, or whose keyframe timeout has been reached while there was nothing to poll (these again and again
     * until they leave). Cheap when there is nothing to do; meant to be called on every turn of the producer's loop,
     * frames or none.
     *
     * @return how many subscribers the groups were woken for
     */
    public int service() {
        producer.check();
        try {
            return admitted() + timedOut();
        } finally {
            wakeups.wakeDue(); // also when something was thrown, for those who had been admitted by then
        }
    }

    private int timedOut() {
        if (!config.keyframeGating()) {
            return 0;
        }
        long nowNanos = nowNanos();
        if (requests.service(nowNanos, waitingRoom.count())) {
            waitingRoom.requested(nowNanos, roster);
        }
        return timeouts.check(roster, flow.nanos(), unbroken ? null : stream.lastBreak(), wakeUpDue);
    }

    private int admitted() {
        if (!inbox.open()) {
            return 0;
        }
        int admitted = 0;
        boolean emptied = false;
        try {
            for (Member<M> member = nextToAttend(); member != null; member = nextToAttend()) {
                attending = member;
                admitted += attend(member);
                attending = null;
            }
            emptied = true;
        } finally {
            if (!emptied) {
                inbox.reopen(); // for those behind the one that something was thrown for
            }
        }
        return admitted;
    }

    /** Who was being attended to when something was thrown comes first, but only once more. */
    private Member<M> nextToAttend() {
        Member<M> again = attending;
        attending = null;
        if (again == null) {
            return inbox.take();
        }
        if (again == attendedAgain) {
            attendedAgain = null;
            return inbox.take();
        }
        attendedAgain = again;
        return again;
    }

    private int attend(Member<M> member) {
        if (member.subscription.closed()) {
            remove(member);
            return 0;
        }
        if (member.seat == Member.NO_SEAT) {
            return admit(member);
        }
        hearNeed(member);
        return 0;
    }

    private int admit(Member<M> member) {
        Replay<M> replay = gopCache.replay();
        long firstIndex = nextIndex - replay.size();
        add(member);
        if (!member.subscription.admit(firstIndex, replay)) {
            remove(member);
            return 0;
        }
        if (config.keyframeGating() && replay.size() == 0) {
            need(member, KeyframeRequestReason.JOIN);
        }
        wakeups.due(member.group);
        return 1;
    }

    private void add(Member<M> member) {
        if (member.group == null) {
            member.group = wakeups.join(member.subscription.group());
        }
        roster.add(member);
    }

    private void remove(Member<M> member) {
        if (member.group != null) {
            wakeups.leave(member.group);
            member.group = null;
        }
        if (member.seat != Member.NO_SEAT) {
            roster.remove(member);
            waitingRoom.leave(member);
        }
        member.subscription.release();
    }

    private void hearNeed(Member<M> member) {
        if (member.gate.currentWait().sinceKeyframe() == stream.latestKeyframe()) {
            need(member, KeyframeRequestReason.LAG);
        }
    }

    private void need(Member<M> member, KeyframeRequestReason reason) {
        if (!waitingRoom.enter(member)) {
            return;
        }
        long nowNanos = nowNanos();
        if (reason == KeyframeRequestReason.LAG) {
            member.backoff.lagged(nowNanos);
        }
        long openNanos = member.backoff.openNanos();
        if (openNanos > nowNanos && member.backoff.grown()) {
            // It may be held back for longer than the timeout; who is not asked for must not be closed for want of an answer.
            member.gate.waitCountsFrom(originNanos + openNanos);
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
        Objects.requireNonNull(group, "group");
        Member<M> member = new Member<>(config, stream, counters, inbox, group);
        counters.joined();
        group.joined();
        try {
            inbox.put(member);
        } catch (RuntimeException | Error e) {
            member.subscription.close(); // nobody else can: it would count as subscribed for ever
            throw e;
        }
        return member.subscription;
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
