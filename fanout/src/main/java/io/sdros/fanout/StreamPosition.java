package io.sdros.fanout;

/**
 * What the polling threads need to know about the stream as a whole.
 *
 * <p>Threading: written by the producer thread, read by any. It changes per keyframe, per break and per step of the
 * {@link MemoryWindow}, not per message, and is read only when something was dropped or there is nothing to poll.
 */
final class StreamPosition {

    static final long NO_KEYFRAME = -1;

    /** @param nextIndex the index of the first entry after the break, which is always a keyframe */
    record Break(long nextIndex, long flowNanos, long atNanos) {}

    private final FlowClock flow;
    private final NeededRate neededRate = new NeededRate();
    private volatile long latestKeyframe = NO_KEYFRAME;
    private volatile Break lastBreak = new Break(NO_KEYFRAME, 0, 0);

    private volatile long oldestHeld;

    StreamPosition(FlowClock flow) {
        this.flow = flow;
    }

    FlowClock flow() {
        return flow;
    }

    /** How many messages a second there are that cannot be left out one by one. */
    NeededRate neededRate() {
        return neededRate;
    }

    /**
     * Called before the keyframe is offered to anyone. A polling thread that sees this index but not yet the entry
     * knows that it is coming; one that has polled past the index knows that it missed it.
     */
    void keyframe(long index) {
        latestKeyframe = index;
    }

    void broken(Break at) {
        lastBreak = at;
    }

    /** @return the newest keyframe's index, {@link #NO_KEYFRAME} before the first */
    long latestKeyframe() {
        return latestKeyframe;
    }

    /** Called before the entries before this index are taken out of the queues. */
    void forgetBefore(long index) {
        oldestHeld = index;
    }

    /** @return the index of the oldest entry that anybody may still hold */
    long oldestHeld() {
        return oldestHeld;
    }

    Break lastBreak() {
        return lastBreak;
    }
}
