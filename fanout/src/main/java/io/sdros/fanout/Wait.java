package io.sdros.fanout;

/**
 * One subscriber's wait for a keyframe.
 *
 * @param sinceKeyframe the newest keyframe's index when the wait began; over as soon as there is a newer one
 * @param flowNanos when it began, on the {@link FlowClock}
 * @param atNanos when it began, on the injected clock
 */
record Wait(long sinceKeyframe, long flowNanos, long atNanos) {

    static final Wait NONE = new Wait(Long.MIN_VALUE, 0, 0);

    boolean isNone() {
        return this == NONE;
    }
}
