package io.sdros.transport.undertow;

/**
 * What a viewer that speaks sdr.2 has said, held against what it was sent. Times are nanoseconds of the server's clock.
 *
 * @param viewer           a number of its own among all viewers of the feed
 * @param atNanos          when the server heard it
 * @param decodeQueue      frames that wait for its decoder
 * @param clockErrorMicros by how much it may be wrong about the server's clock
 * @param receivedSeq      the newest frame it has, by its own number; with the next two as it was the last time if it names none
 * @param receivedNanos    when that came; 0 if none has yet
 * @param carriedBytes     of everything sent to it, up to the end of that frame
 * @param delayNanos       from that frame's first byte going to the kernel to its being received; −1 if that is not known
 * @param delayGrown       whether that is 50 ms above the least of the last 30 s
 * @param reduced          whether it was not sent frames since it asked for fewer; what it carries is no measure of the stream then
 * @param received         frames since its last feedback; likewise the next two
 */
public record ViewerFeedback(long viewer, long atNanos, ViewerState state, int decodeQueue, long clockErrorMicros,
        long receivedSeq, long receivedNanos, long carriedBytes, long delayNanos, boolean delayGrown, boolean reduced,
        long received, long decoded, long dropped) {
}
