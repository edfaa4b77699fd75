package io.sdros.relay.nats;

/**
 * A frame to publish. The array is only read, and stays as it is.
 *
 * @param keyframe     whether a decoder can start with it
 * @param captureNanos when the picture was taken, on the clock of {@link System#nanoTime}; 0 = unknown
 * @param commitNanos  when it was committed, likewise
 * @param headerOffset where its header begins
 * @param lengthBytes  header and payload together
 */
public record OriginFrame(
        boolean keyframe, long captureNanos, long commitNanos, byte[] array, int headerOffset, int lengthBytes) {
}
