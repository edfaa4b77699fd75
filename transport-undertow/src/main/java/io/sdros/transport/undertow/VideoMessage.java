package io.sdros.transport.undertow;

import io.sdros.transport.undertow.ws.Opcode;
import io.sdros.transport.undertow.ws.OutboundFrame;
import io.sdros.transport.undertow.ws.WsFrameHeader;
import java.util.Objects;

/**
 * One video frame, framed once as a complete WebSocket message for every client. Immutable; any thread may use it.
 */
public final class VideoMessage {

    /** Bytes that must be free in front of the frame header: the longest WebSocket header and the type byte. */
    public static final int HEADROOM_BYTES = WsFrameHeader.MAX_HEADER_BYTES + 1;

    private static final byte TYPE = 0x01;

    private final OutboundFrame frame;
    private final FrameTimes times;
    private final boolean droppable;

    private VideoMessage(OutboundFrame frame, FrameTimes times, boolean droppable) {
        this.frame = frame;
        this.times = times;
        this.droppable = droppable;
    }

    /** As {@link #wrap(byte[], int, int, FrameTimes, boolean)}, of a frame that the server has had since just now. */
    public static VideoMessage wrap(byte[] array, int headerOffset, int lengthBytes) {
        return wrap(array, headerOffset, lengthBytes, FrameTimes.seen(System.nanoTime()), false);
    }

    /**
     * Frames header and payload where they are, without a copy: the WebSocket header and the type byte are written into
     * the bytes just before {@code headerOffset}. From here on the array belongs to the message.
     *
     * @param array        holds the 32-byte frame header followed by the payload
     * @param headerOffset where the frame header starts, at least {@link #HEADROOM_BYTES}
     * @param lengthBytes  frame header and payload together
     * @param times        on the clock of the server's builder, {@link System#nanoTime} unless set
     * @param droppable    whether no other frame refers to this one
     * @return the message
     * @throws IndexOutOfBoundsException if the headroom is missing or the length goes beyond the array
     */
    public static VideoMessage wrap(byte[] array, int headerOffset, int lengthBytes, FrameTimes times,
            boolean droppable) {
        Objects.requireNonNull(times, "times");
        Objects.checkFromIndexSize(headerOffset, lengthBytes, array.length);
        if (headerOffset < HEADROOM_BYTES) {
            throw new IndexOutOfBoundsException(
                    "Headroom of " + headerOffset + " bytes, " + HEADROOM_BYTES + " are needed");
        }
        int typeOffset = headerOffset - 1;
        array[typeOffset] = TYPE;
        int start = WsFrameHeader.writeBefore(array, typeOffset, Opcode.BINARY, lengthBytes + 1);
        return new VideoMessage(new OutboundFrame(array, start, headerOffset + lengthBytes - start), times,
                droppable);
    }

    /** Bytes on the wire, the WebSocket header included. */
    public int lengthBytes() {
        return frame.lengthBytes();
    }

    /** When the frame was where. */
    public FrameTimes times() {
        return times;
    }

    /** Whether a viewer who does not get this frame can decode all that follow, since none refers to it. */
    public boolean droppable() {
        return droppable;
    }

    OutboundFrame frame() {
        return frame;
    }
}
