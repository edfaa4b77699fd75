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
    /** Between two while it goes on to say that it cannot go on. */
    static final long REJOIN_INTERVAL_NANOS = 1_000_000_000;

    private boolean paused;
    private boolean stuck;
    private boolean joined;
    private long joinedNanos;

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
        boolean again = stuck;
        if (!streaming || !joinAfter(again ? REJOIN_INTERVAL_NANOS : JOIN_INTERVAL_NANOS, nowNanos)) {
            return Step.NOTHING;
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
