package io.sdros.fanout;

/**
 * Decides which of the entries that reach one subscription may be polled.
 *
 * <p>Threading: {@link #start} on the producer thread before the subscription is admitted; {@link #accepts}, {@link #leftOut},
 * {@link #leftOutBefore}, {@link #wantedAgain}, {@link #beganAnew}, {@link #exhausted} and {@link #timedOut} by the polling thread;
 * {@link #waitCountsFrom} on the producer thread; the rest by any.
 */
interface Gate {

    /**
     * @param nextIndex the index of the first entry that will come, out of the replay if there is one
     * @param replaying whether a replay comes first
     */
    void start(long nextIndex, boolean replaying);

    /**
     * @param replayed whether the entry comes out of the replay, where age does not matter
     * @param transitNanos how long it would take from now on to arrive; 0 if that is not known
     * @return true if it is to be delivered, false if it is to be discarded
     */
    boolean accepts(Entry<?> entry, boolean replayed, long transitNanos);

    /** The entry with this index was not wanted, and no other needs it: that it is missing is no lag. */
    void leftOut(long index);

    /** Nothing before the entry with this index, a keyframe, was wanted: that it is missing is no lag. */
    void leftOutBefore(long index);

    /** What was not wanted up to this index is wanted again, so a keyframe is needed. */
    void wantedAgain(long index);

    /** Whether the entry accepted last is a keyframe before which others were left out, or the first of all. */
    default boolean beganAnew() {
        return false;
    }

    /** There is nothing more to poll for now. */
    void exhausted();

    /** @return true while everything but a keyframe is discarded */
    boolean awaitingKeyframe();

    /** @return the wait that is going on, {@link Wait#NONE} if none is or a keyframe is known to be on its way */
    Wait currentWait();

    /**
     * The producer thread asks for no keyframe before this moment, so a wait does not count towards the timeout before.
     *
     * @param nanos on the injected clock
     */
    default void waitCountsFrom(long nanos) {}

    /** @return true if frames have been flowing for the whole timeout since the wait began, without a keyframe */
    boolean timedOut();
}
