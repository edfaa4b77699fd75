package io.sdros.transport.undertow.sdr2;

import io.sdros.transport.undertow.ws.Opcode;
import io.sdros.transport.undertow.ws.WsFrameHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * When a frame was where: the message right in front of the frame's own.
 *
 * <pre>
 *  byte 0  type 0x05
 *       1  flags: 1 = the capture time is known
 *       2  may be missing, u16: so many frames right before this one no other refers to
 *       4  clock error in µs, u32: of capture and commit; 0 if they are taken by this machine's clock
 *       8  frame_seq, u64
 *      16  capture, 24 commit, 32 server: u64 each, nanoseconds of the server's clock
 * </pre>
 */
public final class FrameTimesMessage {

    private static final int MESSAGE_BYTES = 40;
    private static final int HEADER_BYTES = WsFrameHeader.headerBytes(MESSAGE_BYTES);
    private static final byte CAPTURE_KNOWN = 1;
    private static final int MOST_MISSING = 0xFFFF;
    private static final long MOST_ERROR = 0xFFFF_FFFFL;
    private static final long NANOS_PER_MICRO = 1_000;

    /** On the wire, the WebSocket header included. */
    public static final int BYTES = HEADER_BYTES + MESSAGE_BYTES;

    private FrameTimesMessage() {
    }

    /**
     * Writes the whole WebSocket message so that it ends just before {@code end}; a capture time that is not known is 0.
     *
     * @param clockErrorNanos of the first two times; what is more than the message can say is the most that it can
     * @param mayBeMissing frames right before this one without which it can be decoded as well; of more than 65535 so many
     */
    public static void writeBefore(byte[] array, int end, int mayBeMissing, long frameSeq, long captureNanos, long commitNanos,
            long serverNanos, long clockErrorNanos) {
        int typeOffset = end - MESSAGE_BYTES;
        WsFrameHeader.writeBefore(array, typeOffset, Opcode.BINARY, MESSAGE_BYTES);
        ByteBuffer.wrap(array, typeOffset, MESSAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN)
                .put(Subprotocol.FRAME_TIMES)
                .put(captureNanos != 0 ? CAPTURE_KNOWN : 0)
                .putShort((short) Math.min(mayBeMissing, MOST_MISSING))
                .putInt((int) Math.min((clockErrorNanos + NANOS_PER_MICRO - 1) / NANOS_PER_MICRO, MOST_ERROR))
                .putLong(frameSeq)
                .putLong(captureNanos)
                .putLong(commitNanos)
                .putLong(serverNanos);
    }
}
