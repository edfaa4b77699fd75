package io.sdros.transport.undertow.sdr2;

import io.sdros.transport.undertow.ws.Opcode;
import io.sdros.transport.undertow.ws.OutboundFrame;
import io.sdros.transport.undertow.ws.WsFrameHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A telemetry value with the time it came.
 *
 * <pre>
 *  byte 0  type 0x08
 *       1  flags: 1 = an older value, for a newcomer
 *       2  subject length, u16
 *       4  reserved, u32
 *       8  received, u64, nanoseconds of the server's clock
 *      16  subject, payload
 * </pre>
 */
public final class TimedTelemetry {

    private static final int HEAD_BYTES = 16;
    private static final byte REPLAYED = 1;

    private TimedTelemetry() {
    }

    /**
     * The whole WebSocket message.
     *
     * @param subjectAndPayload an array in which they stand at the end, one behind the other
     */
    public static OutboundFrame of(byte[] subjectAndPayload, int offset, int subjectBytes, long receivedNanos, boolean replayed) {
        int valueBytes = subjectAndPayload.length - offset;
        int messageBytes = HEAD_BYTES + valueBytes;
        int typeOffset = WsFrameHeader.headerBytes(messageBytes);
        byte[] array = new byte[typeOffset + messageBytes];
        WsFrameHeader.writeBefore(array, typeOffset, Opcode.BINARY, messageBytes);
        ByteBuffer.wrap(array, typeOffset, messageBytes).order(ByteOrder.LITTLE_ENDIAN)
                .put(Subprotocol.TELEMETRY)
                .put(replayed ? REPLAYED : 0)
                .putShort((short) subjectBytes)
                .putInt(0)
                .putLong(receivedNanos)
                .put(subjectAndPayload, offset, valueBytes);
        return new OutboundFrame(array, 0, array.length);
    }
}
