package io.sdros.transport.undertow;

/**
 * What a client that speaks sdr.2 wants of the video, by what it says it does, and how often it may have it: a client that
 * changes its mind all the time must not cost more than one that comes and goes. One thread.
 */
final class VideoWish {

    /** What is to be done. */
    enum Step {
        NOTHING,
        /** Let go of what is queued and send nothing more. */
        PAUSE,
        /** Join like a newcomer. */
        JOIN,
        /** Join for a keyframe that has not been sent yet. */
        REJOIN
    }

    /** Between two joins that follow a change of the client's mind. */
    static final long JOIN_INTERVAL_NANOS = 250_000_000;
    /** Before the first keyframe that is asked for because the group was no help; each takes twice as long as the one before. */
    static final long REJOIN_INTERVAL_NANOS = 1_000_000_000;
    /** The longest, and for how long the client has to be well to begin anew: a keyframe costs all who watch. */
    static final long MOST_REJOIN_INTERVAL_NANOS = 30_000_000_000L;

    private boolean paused;
    private boolean stuck;
    private boolean joined;
    private long joinedNanos;
    private long rejoinIntervalNanos = REJOIN_INTERVAL_NANOS;
    private long troubleNanos;

    /**
     * The client has said what it does.
     *
     * @param streaming whether it is being sent live frames: neither is a replay under way, nor does it wait for a keyframe
     */
    Step step(ViewerState state, boolean streaming, long nowNanos) {
        if (state == ViewerState.PAUSED) {
            stuck = false;
            boolean pause = !paused;
            paused = true;
            return pause ? Step.PAUSE : Step.NOTHING;
        }
        if (paused) {
            return joinAfter(JOIN_INTERVAL_NANOS, nowNanos) ? Step.JOIN : Step.NOTHING;
        }
        if (state == ViewerState.PLAYING) {
            stuck = false;
            return Step.NOTHING;
        }
        if (nowNanos - troubleNanos >= MOST_REJOIN_INTERVAL_NANOS) {
            rejoinIntervalNanos = REJOIN_INTERVAL_NANOS;
        }
        troubleNanos = nowNanos;
        boolean again = stuck;
        if (!streaming || !joinAfter(again ? rejoinIntervalNanos : JOIN_INTERVAL_NANOS, nowNanos)) {
            return Step.NOTHING;
        }
        if (again) {
            rejoinIntervalNanos = Math.min(2 * rejoinIntervalNanos, MOST_REJOIN_INTERVAL_NANOS);
        }
        stuck = true;
        return again ? Step.REJOIN : Step.JOIN;
    }

    private boolean joinAfter(long intervalNanos, long nowNanos) {
        if (joined && nowNanos - joinedNanos < intervalNanos) {
            return false;
        }
        joined = true;
        joinedNanos = nowNanos;
        paused = false;
        return true;
    }
}
