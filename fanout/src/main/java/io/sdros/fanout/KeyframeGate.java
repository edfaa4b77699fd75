package io.sdros.fanout;

import io.sdros.fanout.StreamPosition.Break;
import java.util.Optional;

/**
 * The gate of streams whose pictures depend on earlier ones: an entry passes iff it is a keyframe or continues the one
 * delivered before; for who may miss droppable entries, also if nothing else is missing in between.
 *
 * <p>Two states. <b>Streaming</b>: an entry that does not continue the last one (others were evicted in between), or that
 * waited too long or would have by the time it arrives, is a lag, and leads to <b>awaiting</b>: entries are discarded up to
 * the newest keyframe published when the lag was noticed, or any later one, which leads back to streaming. That one is
 * taken whatever its age; what follows it has to be young enough again. Who may miss droppable entries is spared them
 * before that: from half the maximum latency or a queue half full on. Only when what is held has been looked through in
 * vain, and the newest keyframe cannot be on its way any more, does a {@link Wait} begin and is the need for a keyframe
 * told.
 */
final class KeyframeGate implements Gate {

    private static final long NOTHING = Long.MIN_VALUE;

    private final BroadcasterConfig config;
    private final StreamPosition stream;
    private final SubscriptionCounters counters;
    private final DropOldestQueue<?> spared; // the subscriber's, if it may miss droppable entries; else null
    private final Runnable need;

    // Written by the polling thread (and before the admission by the producer thread), which publishes them to the next
    // polling thread; volatile for those who only want to know.
    private volatile boolean awaiting = true;
    private volatile Wait wait = Wait.NONE;

    /** Written by the producer thread; a value of an earlier wait lies in the past and changes nothing. */
    private volatile long countsFromNanos;

    /** The last entry seen: delivered or, while awaiting and if it was droppable, discarded. */
    private long position;
    /** The last entry delivered that others may need. */
    private long lastNeeded = NOTHING;
    private boolean beganAnew;
    private long skipTo;
    private DropReason discarding = DropReason.GATE;

    /**
     * @param spared the queue of a subscriber that may miss droppable entries; empty for one that may not
     * @param need told on the polling thread, once per {@link Wait} that begins there
     */
    KeyframeGate(BroadcasterConfig config, StreamPosition stream, SubscriptionCounters counters,
            Optional<DropOldestQueue<?>> spared, Runnable need) {
        this.config = config;
        this.stream = stream;
        this.counters = counters;
        this.spared = spared.orElse(null);
        this.need = need;
        countsFromNanos = config.nanoClock().getAsLong() - config.keyframeTimeoutNanos();
    }

    @Override
    public void start(long nextIndex, boolean replaying) {
        position = nextIndex - 1;
        // A replay begins with a keyframe, so it continues "the one before" as it is.
        awaiting = !replaying;
        if (!replaying) {
            wait = waitFromNow(stream.latestKeyframe());
        }
    }

    @Override
    public boolean accepts(Entry<?> entry, boolean replayed, long transitNanos) {
        if (!awaiting) {
            if (entry.index() != position + 1 && !onlyDroppableMissingBefore(entry)) {
                // What the producer took away for want of memory was announced before; pairs with its volatile write.
                lag(position + 1 < stream.oldestHeld() ? DropReason.MEMORY : DropReason.OVERFLOW);
            } else if (spared != null && !replayed && entry.droppable() && isLate(entry, transitNanos)) {
                position = entry.index();
                counters.dropped(DropReason.DROPPABLE);
                return false;
            } else if (!replayed && !isNewestKeyframe(entry) && config.isOverdue(entry, transitNanos)) {
                lag(DropReason.LATENCY);
            }
        }
        position = entry.index();
        boolean interrupted = awaiting || lastNeeded == NOTHING;
        if (awaiting && !ends(entry, transitNanos)) {
            counters.dropped(discarding);
            return false;
        }
        beganAnew = interrupted;
        if (!entry.droppable()) {
            lastNeeded = position;
        }
        return true;
    }

    /** What is missing before it stays missing. */
    @Override
    public void leftOut(long index) {
        if (index == position + 1) {
            position = index;
        }
    }

    @Override
    public void leftOutBefore(long index) {
        position = index - 1;
    }

    @Override
    public void wantedAgain(long index) {
        position = index;
        skipTo = index + 1;
        discarding = DropReason.GATE;
        awaiting = true;
    }

    @Override
    public boolean beganAnew() {
        return beganAnew;
    }

    private boolean onlyDroppableMissingBefore(Entry<?> entry) {
        return spared != null && entry.needs() == lastNeeded;
    }

    private boolean isLate(Entry<?> entry, long transitNanos) {
        return 2 * spared.size() >= spared.capacity() || config.isHalfOverdue(entry, transitNanos);
    }

    /** To which a lag would lead: it is taken whatever its age, and nothing is left out before it. */
    private boolean isNewestKeyframe(Entry<?> entry) {
        return entry.keyframe() && entry.index() >= stream.latestKeyframe();
    }

    /** Whether the entry is the keyframe that is awaited, in which case it no longer is. */
    private boolean ends(Entry<?> entry, long transitNanos) {
        if (!entry.keyframe() || entry.index() < skipTo) {
            return false;
        }
        if (!isNewestKeyframe(entry) && config.isOverdue(entry, transitNanos)) {
            // Too old, and there is a newer one. The newest is taken whatever its age.
            lag(DropReason.LATENCY);
            return false;
        }
        wait = Wait.NONE;
        awaiting = false;
        return true;
    }

    private void lag(DropReason reason) {
        counters.lagged();
        discarding = reason;
        skipTo = stream.latestKeyframe();
        awaiting = true;
    }

    @Override
    public void exhausted() {
        if (awaiting) {
            beginWaitUnlessKeyframeIsComing();
        } else {
            noticeBreak();
        }
    }

    private void beginWaitUnlessKeyframeIsComing() {
        long latest = stream.latestKeyframe();
        if (position < latest || latest == wait.sinceKeyframe()) {
            return;
        }
        if (!wait.isNone()) {
            // The keyframe that ended the wait was evicted before anyone polled.
            counters.lagged();
        }
        wait = waitFromNow(latest);
        discarding = DropReason.GATE;
        need.run();
    }

    /** After a break the producer publishes nothing until a keyframe, so an empty queue is the only sign of it. */
    private void noticeBreak() {
        Break lastBreak = stream.lastBreak();
        long latest = stream.latestKeyframe();
        if (position < lastBreak.nextIndex() && latest < lastBreak.nextIndex()) {
            wait = new Wait(latest, lastBreak.flowNanos(), lastBreak.atNanos());
            discarding = DropReason.GATE;
            skipTo = lastBreak.nextIndex();
            awaiting = true;
        }
    }

    private Wait waitFromNow(long latestKeyframe) {
        return new Wait(latestKeyframe, stream.flow().nanos(), config.nanoClock().getAsLong());
    }

    @Override
    public boolean awaitingKeyframe() {
        return awaiting;
    }

    @Override
    public void waitCountsFrom(long nanos) {
        countsFromNanos = nanos;
    }

    @Override
    public Wait currentWait() {
        return wait;
    }

    @Override
    public boolean timedOut() {
        Wait current = wait;
        // The second condition: flow counts in whole gaps, and the wait may have begun in the middle of one.
        return !current.isNone()
                && stream.flow().nanos() - current.flowNanos() >= config.keyframeTimeoutNanos()
                && config.nanoClock().getAsLong() - current.atNanos() >= config.keyframeTimeoutNanos()
                && config.nanoClock().getAsLong() - countsFromNanos >= config.keyframeTimeoutNanos()
                && stream.latestKeyframe() == current.sinceKeyframe();
    }
}
