package io.sdros.shm.reader;

import java.nio.file.Path;

/**
 * Receives what a {@link ShmFrameStream} finds. All methods are called on the stream's thread, never two at a time,
 * and hold up reading for as long as they take.
 *
 * <p>A method that throws does not stop the stream: what it threw goes to {@link #onUncaught}, and the stream
 * goes on as if the method had returned.
 */
@FunctionalInterface
public interface FrameStreamListener {

    /** A good frame, the next one in order unless {@link #onDiscontinuity} was called just before. */
    void onFrame(Frame frame);

    /** A good frame passed that is withheld by keyframe gating. */
    default void onSkipped() {
    }

    /**
     * The next frame, read or skipped, will not continue the last one.
     *
     * @param lostFrames how many frames are missing; 0 unless the reason is {@link Discontinuity#GAP}
     */
    default void onDiscontinuity(Discontinuity reason, long lostFrames) {
    }

    /**
     * For what can wait until a frame is on its way: called once in every turn of the loop, after the turn's frame. Comes
     * at once after {@link ShmFrameStream#wakeUp}, after {@link #onFrame} and {@link #onDiscontinuity}, and otherwise at
     * least every 20 ms or so while frames come, every 100 ms when they do not and every 200 ms while nobody wants them,
     * whatever else goes on; there is no upper bound on how often.
     *
     * @param nowNanos the stream's clock
     */
    default void onPoll(long nowNanos) {
    }

    /** The producer's bell is listened to from now on, or no more; without it, the stream polls. */
    default void onBell(boolean heard) {
    }

    /** What the stream has of its file has changed. Called once per change. */
    default void onAttach(AttachState state, Path path, String reason) {
    }

    /**
     * The attached file is smaller than expected; it is used all the same. Called once until a file of the expected
     * size has been seen.
     */
    default void onSmallRegion(Path path, long actualBytes, long expectedBytes) {
    }

    /** A frame could not be read. The first of each kind is reported at once, then at most one every 5 s. */
    default void onReadFailure(ReadFailure failure) {
    }

    /**
     * A method of this listener or the demand condition threw, or the stream itself ran out of memory. The first is
     * reported at once, then at most one every 5 s. What this method throws itself is only counted.
     *
     * @param suppressed how many were not reported since the last report
     */
    default void onUncaught(Throwable failure, long suppressed) {
    }
}
