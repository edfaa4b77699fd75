package io.sdros.relay.nats.wire;

import java.util.Objects;

/** Cuts frames into messages of bounded length. Immutable. */
public final class Chunker {

    /** The shortest messages that make sense: a head, and some data. */
    public static final int LEAST_MESSAGE_BYTES = 1024;

    private final int dataBytes;

    /**
     * @param messageBytes the longest message, its head included
     * @throws IllegalArgumentException if that is less than {@link #LEAST_MESSAGE_BYTES}
     */
    public Chunker(int messageBytes) {
        if (messageBytes < LEAST_MESSAGE_BYTES) {
            throw new IllegalArgumentException("messages of " + messageBytes + " bytes");
        }
        dataBytes = messageBytes - MessageHead.BYTES;
    }

    /** Into how many messages a frame goes, header and payload of this length; a frame of too many cannot be sent. */
    public int chunks(int frameBytes) {
        long bytes = (long) FramePrefix.BYTES + frameBytes;
        return (int) ((bytes + dataBytes - 1) / dataBytes);
    }

    /**
     * One message with a part of a frame, without its head, which is to be encoded into it.
     *
     * @param frame       holds header and payload
     * @param offset      where the header begins
     * @param lengthBytes header and payload together
     */
    public byte[] message(int chunk, long captureNanos, long commitNanos, byte[] frame, int offset, int lengthBytes) {
        Objects.checkIndex(chunk, chunks(lengthBytes));
        // Positions in what goes over the wire, which is the prefix and then the frame.
        long from = (long) chunk * dataBytes;
        int length = (int) Math.min(dataBytes, FramePrefix.BYTES + lengthBytes - from);
        byte[] message = new byte[MessageHead.BYTES + length];
        int prefix = chunk == 0 ? FramePrefix.BYTES : 0;
        if (chunk == 0) {
            FramePrefix.encode(message, MessageHead.BYTES, captureNanos, commitNanos);
        }
        int frameFrom = (int) (from + prefix - FramePrefix.BYTES);
        System.arraycopy(frame, offset + frameFrom, message, MessageHead.BYTES + prefix, length - prefix);
        return message;
    }
}
