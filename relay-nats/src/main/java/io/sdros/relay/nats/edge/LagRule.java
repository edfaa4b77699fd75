package io.sdros.relay.nats.edge;

import java.util.concurrent.TimeUnit;

/**
 * What an edge does whose frames arrive late: it takes keyframes only, until they are in time again and a hold-off has
 * passed; and if they are later still, it throws away what is on its way. Late is measured against the earliest frame
 * of the last minute.
 */
final class LagRule {

    /** What is to be done now. */
    enum Step {
        NONE,
        KEYFRAMES_ONLY,
        ALL_FRAMES,
        RECONNECT
    }

    private static final long RECONNECT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long FIRST_HOLD_OFF_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LAST_HOLD_OFF_NANOS = TimeUnit.SECONDS.toNanos(8);
    /** After so long with all frames in time the next hold-off is the first one again. */
    private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** The group of pictures that a stream is joined with takes its time, and those behind it wait. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** No frame for so long says nothing about how late they are. */
    private static final long UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(3);
    /** What waited somewhere during an outage comes at once; what is later for longer than this is what there is. */
    private static final long BACKLOG_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A connection made anew gets so long before it is judged. */
    private static final long RECONNECT_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final long maxLagNanos;
    private final LeastOfMinute least;
    private long lagNanos;
    private long measuredNanos;
    private boolean measured;
    private boolean keyframesOnly;
    private long sinceNanos;
    private long holdOffNanos = FIRST_HOLD_OFF_NANOS;
    private long judgedFromNanos;
    private boolean reconnected;
    private long reconnectNanos;
    private boolean backlog;
    private long backlogNanos;

    /** @param maxLagNanos 0 = however late they are, all frames are taken */
    LagRule(long maxLagNanos, long nowNanos) {
        this.maxLagNanos = maxLagNanos;
        least = new LeastOfMinute(nowNanos);
        sinceNanos = nowNanos - CALM_NANOS;
        judgedFromNanos = nowNanos;
    }

    /** Another connection, or another origin: what was earliest on the other way means nothing here. */
    void otherWay() {
        least.forget();
        lagNanos = 0;
        measured = false;
        backlog = false;
    }

    /** All frames are subscribed to, whatever was decided before. */
    void allFrames() {
        keyframesOnly = false;
    }

    /** Joining, which makes frames late, is over. */
    void begin(long nowNanos) {
        judgedFromNanos = nowNanos + GRACE_NANOS;
    }

    /** A frame has arrived that was not sent again. */
    void arrived(long originTimeNanos, long nowNanos) {
        long delayNanos = nowNanos - originTimeNanos;
        lagNanos = delayNanos - least.least(delayNanos, nowNanos);
        measuredNanos = nowNanos;
        measured = true;
        boolean late = lagNanos > RECONNECT_NANOS;
        if (late && !backlog) {
            backlogNanos = nowNanos;
        }
        backlog = late;
    }

    /** Whether the last frame is one of those that waited somewhere, and there is newer to be had. */
    boolean ofBacklog() {
        return maxLagNanos > 0 && backlog && measuredNanos - judgedFromNanos >= 0 && measuredNanos - backlogNanos <= BACKLOG_NANOS;
    }

    long lagNanos() {
        return lagNanos;
    }

    boolean keyframesOnly() {
        return keyframesOnly;
    }

    /** To be called after each arrival, and now and then. */
    Step step(long nowNanos) {
        if (maxLagNanos == 0 || nowNanos - judgedFromNanos < 0) {
            return Step.NONE;
        }
        if (measured && lagNanos > RECONNECT_NANOS && !(reconnected && nowNanos - reconnectNanos < RECONNECT_PAUSE_NANOS)) {
            reconnected = true;
            reconnectNanos = nowNanos;
            return Step.RECONNECT;
        }
        if (ofBacklog()) {
            return Step.NONE; // it says nothing about what comes behind it
        }
        if (!keyframesOnly) {
            return measured && lagNanos > maxLagNanos ? skip(nowNanos) : Step.NONE;
        }
        // Where keyframes come on request only, none may have come that shows that the way is free.
        boolean inTime = lagNanos < maxLagNanos / 2 || nowNanos - measuredNanos > UNKNOWN_NANOS;
        if (inTime && nowNanos - sinceNanos >= holdOffNanos) {
            keyframesOnly = false;
            sinceNanos = nowNanos;
            lagNanos = 0;
            return Step.ALL_FRAMES;
        }
        return Step.NONE;
    }

    private Step skip(long nowNanos) {
        holdOffNanos = nowNanos - sinceNanos >= CALM_NANOS ? FIRST_HOLD_OFF_NANOS : Math.min(2 * holdOffNanos, LAST_HOLD_OFF_NANOS);
        keyframesOnly = true;
        sinceNanos = nowNanos;
        return Step.KEYFRAMES_ONLY;
    }
}
