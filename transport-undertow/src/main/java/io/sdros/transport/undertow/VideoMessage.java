package io.sdros.transport.undertow;

import io.sdros.transport.undertow.sdr2.FrameTimesMessage;
import io.sdros.transport.undertow.ws.Opcode;
import io.sdros.transport.undertow.ws.OutboundFrame;
import io.sdros.transport.undertow.ws.WsFrameHeader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One video frame, framed once for every client. Immutable; any thread may use it.
 *
 * <p>There are two WebSocket messages in a row in one array: when the frame was where, and the frame. One write carries both
 * to whoever speaks sdr.2; to anybody else goes the second alone.
 */
public final class VideoMessage {

    /** What comes before the message that is for everybody. */
    static final int TIMES_BYTES = FrameTimesMessage.BYTES;

    /**
     * Bytes that must be free in front of the frame header: the message with the times, the longest WebSocket header and
     * the type byte.
     */
    public static final int HEADROOM_BYTES = TIMES_BYTES + WsFrameHeader.MAX_HEADER_BYTES + 1;

    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SEQ_OFFSET = 8;

    private static final byte TYPE = 0x01;

    private final OutboundFrame timesAndFrame;
    private final int headerOffset;
    private final long frameSeq;
    private final FrameTimes times;
    private final FrameReferences references;
    /** Of a message whose frame differs for who has not got the frames before it. */
    private final Optional<Supplier<VideoMessage>> severing;
    /** Made by the first who needs it; null until then. Two may make it, to the same bytes. */
    private volatile VideoMessage severed;

    private VideoMessage(OutboundFrame timesAndFrame, int headerOffset, long frameSeq, FrameTimes times,
            FrameReferences references, Optional<Supplier<VideoMessage>> severing) {
        this.timesAndFrame = timesAndFrame;
        this.headerOffset = headerOffset;
        this.frameSeq = frameSeq;
        this.times = times;
        this.references = references;
        this.severing = severing;
    }

    /** As {@link #wrap(byte[], int, int, FrameTimes, FrameReferences)}, of a frame that the server has had since just now. */
    public static VideoMessage wrap(byte[] array, int headerOffset, int lengthBytes) {
        return wrap(array, headerOffset, lengthBytes, FrameTimes.seen(System.nanoTime()), FrameReferences.UNKNOWN);
    }

    /**
     * Frames header and payload where they are, without a copy: what goes in front of them is written into the bytes
     * just before {@code headerOffset}. From here on the array belongs to the message.
     *
     * @param array        holds the 32-byte frame header followed by the payload
     * @param headerOffset where the frame header starts, at least {@link #HEADROOM_BYTES}
     * @param lengthBytes  frame header and payload together
     * @param times        on the clock of the server's builder, {@link System#nanoTime} unless set
     * @param references   how it stands to the frames around it
     * @return the message
     * @throws IndexOutOfBoundsException if the headroom is missing or the length goes beyond the array
     */
    public static VideoMessage wrap(byte[] array, int headerOffset, int lengthBytes, FrameTimes times,
            FrameReferences references) {
        Objects.requireNonNull(times, "times");
        Objects.checkFromIndexSize(headerOffset, lengthBytes, array.length);
        if (headerOffset < HEADROOM_BYTES) {
            throw new IndexOutOfBoundsException(
                    "Headroom of " + headerOffset + " bytes, " + HEADROOM_BYTES + " are needed");
        }
        int typeOffset = headerOffset - 1;
        array[typeOffset] = TYPE;
        int start = WsFrameHeader.writeBefore(array, typeOffset, Opcode.BINARY, lengthBytes + 1);
        // Who wraps less than a header, in a test or for a codec of his own, has no number.
        long frameSeq = lengthBytes < SEQ_OFFSET + Long.BYTES ? 0 : (long) U64.get(array, headerOffset + SEQ_OFFSET);
        FrameTimesMessage.writeBefore(array, start, references.droppableBefore(), frameSeq, times.captureTimeNanos(),
                times.commitTimeNanos(), times.serverTimeNanos(), times.clockErrorNanos());
        int timesStart = start - TIMES_BYTES;
        return new VideoMessage(new OutboundFrame(array, timesStart, headerOffset + lengthBytes - timesStart), headerOffset,
                frameSeq, times, references, Optional.empty());
    }

    /**
     * The same message, and another one in its place for whoever has got frames, but not those right before it: what refers
     * to these and comes behind it would be decoded wrong.
     *
     * @param severed called on any thread, seldom; as long as this one, about the same frame
     */
    public VideoMessage withSevered(Supplier<VideoMessage> severed) {
        return new VideoMessage(timesAndFrame, headerOffset, frameSeq, times, references, Optional.of(severed));
    }

    /** For whoever has got frames, but not those right before it. Any thread. */
    public VideoMessage severed() {
        if (severing.isEmpty()) {
            return this;
        }
        VideoMessage message = severed;
        if (message == null) {
            message = severing.get().get();
            severed = message;
        }
        return message;
    }

    /** Bytes on the wire, the WebSocket header included, without the message with the times. */
    public int lengthBytes() {
        return timesAndFrame.lengthBytes() - TIMES_BYTES;
    }

    /** What holds the frame, header and payload, from {@link #headerOffset} on; only to be read. */
    public byte[] array() {
        return timesAndFrame.array();
    }

    /** Where the frame's header begins. */
    public int headerOffset() {
        return headerOffset;
    }

    /** Header and payload together. */
    public int frameBytes() {
        return timesAndFrame.offset() + timesAndFrame.lengthBytes() - headerOffset;
    }

    /** When the frame was where. */
    public FrameTimes times() {
        return times;
    }

    /** Whether a viewer who does not get this frame can decode all that follow, since none refers to it. */
    public boolean droppable() {
        return references.droppable();
    }

    /** How many frames right before this one a viewer can do without and decode this one as well. */
    public int droppableBefore() {
        return references.droppableBefore();
    }

    /** The number in its header. */
    long frameSeq() {
        return frameSeq;
    }

    /** {@link #TIMES_BYTES} for clients that speak sdr.2, and the message for all. */
    OutboundFrame timesAndFrame() {
        return timesAndFrame;
    }
}
