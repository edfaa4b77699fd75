package io.sdros.transport.undertow.sdr2;

import io.sdros.transport.undertow.ws.Opcode;
import io.sdros.transport.undertow.ws.OutboundFrame;
import io.sdros.transport.undertow.ws.WsFrameHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A client's question for the server's clock, to be answered with when it came and when the answer went.
 *
 * <pre>
 *  byte 0  type 0x06
 *       1  seven bytes of 0
 *       8  the client's time, u64, whatever its clock
 *      16  in the answer: received, 24 sent: u64 each, nanoseconds of the server's clock
 * </pre>
 *
 * @param clientTime    echoed as it came
 * @param receivedNanos when it was read from the socket
 */
public record ClockMessage(long clientTime, long receivedNanos) {

    static final int BYTES = 16;
    private static final int ANSWER_BYTES = 32;
    private static final int TIME_OFFSET = 8;

    /** Whether these are the bytes of one. */
    static boolean matches(ByteBuffer message) {
        return message.remaining() == BYTES && message.get(message.position()) == Subprotocol.CLOCK
                && message.getLong(message.position()) == Subprotocol.CLOCK;
    }

    /** Of bytes that match, in little-endian order. */
    static ClockMessage of(ByteBuffer message, long receivedNanos) {
        return new ClockMessage(message.getLong(message.position() + TIME_OFFSET), receivedNanos);
    }

    /** The whole WebSocket message. */
    public OutboundFrame answer(long sentNanos) {
        int typeOffset = WsFrameHeader.headerBytes(ANSWER_BYTES);
        byte[] array = new byte[typeOffset + ANSWER_BYTES];
        WsFrameHeader.writeBefore(array, typeOffset, Opcode.BINARY, ANSWER_BYTES);
        ByteBuffer.wrap(array, typeOffset, ANSWER_BYTES).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(Subprotocol.CLOCK)
                .putLong(clientTime)
                .putLong(receivedNanos)
                .putLong(sentNanos);
        return new OutboundFrame(array, 0, array.length);
    }
}
