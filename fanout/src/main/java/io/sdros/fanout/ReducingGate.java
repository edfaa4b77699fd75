package io.sdros.fanout;

/**
 * The gate of a subscriber that wants no more than so many messages a second. Left out is only what leaves the rest of use: where
 * fewer messages than that are needed by others, droppable ones; else all up to the next keyframe, and of keyframes those that are
 * too many. A group whose beginning was delivered may be left at any point, but not be entered again; when fewer messages come than
 * are wanted while its rest is left out, a keyframe is asked for. All else is as the other gate has it, which is not asked about what
 * is left out: nobody lags, or waits, for want of that.
 *
 * <p>A subscriber that waits for a keyframe gets the first that comes.
 */
final class ReducingGate implements Gate {

    private static final long NOTHING = Long.MIN_VALUE;

    /** Rates are nominal, and measured ones not exact: so much more than is wanted is no more. */
    private static final double TOLERANCE = 1.1;

    private final Gate gate;
    private final double mostPerSecond;
    private final boolean keyframesAwaited;
    private final StreamPosition stream;
    private final SubscriptionCounters counters;
    private final EvenPace pace;

    /** Whether everything is left out up to the next keyframe. */
    private boolean resting;
    /** The last entry delivered that others may need. */
    private long lastNeeded = NOTHING;
    private boolean beganAnew;

    /**
     * @param gate             for who wants all, but copes with gaps where nothing but droppable messages is missing
     * @param keyframesAwaited whether a keyframe will come, so that all before it may be left out once a group has begun
     */
    ReducingGate(Gate gate, double mostPerSecond, boolean keyframesAwaited, StreamPosition stream, SubscriptionCounters counters) {
        this.gate = gate;
        this.mostPerSecond = mostPerSecond;
        this.keyframesAwaited = keyframesAwaited;
        this.stream = stream;
        this.counters = counters;
        pace = new EvenPace(mostPerSecond);
    }

    @Override
    public void start(long nextIndex, boolean replaying) {
        gate.start(nextIndex, replaying);
    }

    @Override
    public boolean accepts(Entry<?> entry, boolean replayed, long transitNanos) {
        if (!gate.awaitingKeyframe()) {
            boolean rested = resting;
            if (leavesOut(entry)) {
                counters.dropped(DropReason.UNWANTED);
                if (resting && !entry.keyframe() && stream.neededRate().perSecond() <= mostPerSecond) {
                    gate.wantedAgain(entry.index());
                }
                return false;
            }
            if (rested) {
                gate.leftOutBefore(entry.index());
            }
        }
        if (!gate.accepts(entry, replayed, transitNanos)) {
            return false;
        }
        beganAnew = gate.beganAnew() || entry.keyframe() && entry.needs() != lastNeeded;
        if (!entry.droppable()) {
            lastNeeded = entry.index();
        }
        if (entry.keyframe()) {
            resting = keyframesAwaited && tooMany();
        }
        pace.taken(entry.publishNanos());
        return true;
    }

    private boolean leavesOut(Entry<?> entry) {
        if (entry.keyframe()) {
            resting = keyframesAwaited && tooMany() && !beginsAnother(entry) && !pace.due(entry.publishNanos());
            return resting;
        }
        resting |= keyframesAwaited && tooMany();
        if (!entry.droppable()) {
            return resting;
        }
        boolean unwanted = resting || !pace.due(entry.publishNanos());
        if (unwanted) {
            gate.leftOut(entry.index());
        }
        return unwanted;
    }

    /** Whether it is the first behind a break, perhaps another writer's: what was delivered before it says nothing of that. */
    private boolean beginsAnother(Entry<?> keyframe) {
        long nextIndex = stream.lastBreak().nextIndex();
        return keyframe.index() >= nextIndex && lastNeeded < nextIndex;
    }

    /** Whether leaving out droppable messages does not suffice; not as long as the rate is not known. */
    private boolean tooMany() {
        return stream.neededRate().perSecond() > TOLERANCE * mostPerSecond;
    }

    @Override
    public void leftOut(long index) {
        gate.leftOut(index);
    }

    @Override
    public void leftOutBefore(long index) {
        gate.leftOutBefore(index);
    }

    @Override
    public void wantedAgain(long index) {
        gate.wantedAgain(index);
    }

    @Override
    public boolean beganAnew() {
        return beganAnew;
    }

    @Override
    public void exhausted() {
        gate.exhausted();
    }

    @Override
    public boolean awaitingKeyframe() {
        return gate.awaitingKeyframe();
    }

    @Override
    public Wait currentWait() {
        return gate.currentWait();
    }

    @Override
    public void waitCountsFrom(long nanos) {
        gate.waitCountsFrom(nanos);
    }

    @Override
    public boolean timedOut() {
        return gate.timedOut();
    }
}
