package io.sdros.transport.undertow.sdr2;

/**
 * One frame on its way to one client, times in the server's clock.
 *
 * @param index        +1 for each frame that is sent to the client
 * @param frameSeq     the frame's own number
 * @param captureNanos 0 if it is not known
 * @param begunNanos   when its first byte was to be handed to the kernel
 * @param socketNanos  when the last had been; 0 if it has not been yet
 * @param endBytes     of everything sent to the client, up to the end of this frame
 */
public record SentFrame(long index, long frameSeq, long captureNanos, long commitNanos, long serverNanos, long begunNanos,
        long socketNanos, long endBytes) {
}
