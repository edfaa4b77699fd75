package io.sdros.relay.nats.wire;

/**
 * A frame that has come whole.
 *
 * @param head         of its last message
 * @param captureNanos when the picture was taken, on the origin's clock; 0 = unknown
 * @param commitNanos  when the frame was committed, likewise
 * @param array        spare bytes, header and payload, and nothing behind it; nobody else's
 * @param headerOffset where the header begins
 */
public record ReceivedFrame(MessageHead head, long captureNanos, long commitNanos, byte[] array, int headerOffset) {

    /** The number in its header, one more for every frame the producer has written. */
    public long frameSeq() {
        return FramePrefix.frameSeq(array, headerOffset);
    }

    /** Header and payload together. */
    public int lengthBytes() {
        return array.length - headerOffset;
    }
}
