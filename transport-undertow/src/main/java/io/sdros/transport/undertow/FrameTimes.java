package io.sdros.transport.undertow;

/**
 * When a frame was where, in nanoseconds of this machine's {@link System#nanoTime}. Immutable.
 *
 * @param captureTimeNanos when the picture was taken; 0 = unknown
 * @param commitTimeNanos  when the producer committed the frame, or, where nobody says, when the server saw that it had
 * @param commitTimeKnown  whether the producer says; otherwise the two times behind it are the same
 * @param serverTimeNanos  when the server had the frame
 * @param clockErrorNanos  by how much the first two may be wrong at most, not negative: 0 if they were taken on this machine
 */
public record FrameTimes(long captureTimeNanos, long commitTimeNanos, boolean commitTimeKnown, long serverTimeNanos,
        long clockErrorNanos) {

    /** Of a frame from this machine. */
    public FrameTimes(long captureTimeNanos, long commitTimeNanos, boolean commitTimeKnown, long serverTimeNanos) {
        this(captureTimeNanos, commitTimeNanos, commitTimeKnown, serverTimeNanos, 0);
    }


    /** Of a frame that nothing is known of but when the server had it. */
    public static FrameTimes seen(long serverTimeNanos) {
        return new FrameTimes(0, serverTimeNanos, false, serverTimeNanos);
    }
}
