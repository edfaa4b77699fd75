package io.sdros.transport.undertow;

import io.sdros.transport.undertow.sdr2.TimedTelemetry;
import io.sdros.transport.undertow.ws.Opcode;
import io.sdros.transport.undertow.ws.OutboundFrame;
import io.sdros.transport.undertow.ws.WsFrameHeader;
import java.nio.charset.StandardCharsets;

/**
 * One telemetry value, framed once as a complete WebSocket message for every client. Immutable; any thread may use it.
 *
 * <p>Clients that speak sdr.2 are told when it came. Their form is made when the first of them gets it.
 */
public final class TelemetryMessage {

    /** The longest subject, in bytes of UTF-8. */
    public static final int MAX_SUBJECT_BYTES = 256;

    private static final byte TYPE = 0x02;
    private static final int SUBJECT_LENGTH_BYTES = 2;

    private final OutboundFrame frame;
    private final int subjectOffset;
    private final int subjectBytes;
    private final long receivedNanos;
    // Made by whoever needs it first; if two do at once, either's is as good. Published by the record's final fields.
    private OutboundFrame timed;

    private TelemetryMessage(OutboundFrame frame, int subjectOffset, int subjectBytes, long receivedNanos) {
        this.frame = frame;
        this.subjectOffset = subjectOffset;
        this.subjectBytes = subjectBytes;
        this.receivedNanos = receivedNanos;
    }

    /** The same of a value that has come just now. */
    public static TelemetryMessage of(String subject, byte[] payload) {
        return of(subject, payload, System.nanoTime());
    }

    /**
     * Copies subject and payload into a new message.
     *
     * @param receivedNanos when the value came, on the server's clock
     * @throws IllegalArgumentException if the subject is longer than {@link #MAX_SUBJECT_BYTES} in UTF-8
     */
    public static TelemetryMessage of(String subject, byte[] payload, long receivedNanos) {
        byte[] name = subject.getBytes(StandardCharsets.UTF_8);
        if (name.length > MAX_SUBJECT_BYTES) {
            throw new IllegalArgumentException(
                    "Subject of " + name.length + " bytes, at most " + MAX_SUBJECT_BYTES + " are possible");
        }
        int messageBytes = 1 + SUBJECT_LENGTH_BYTES + name.length + payload.length;
        int typeOffset = WsFrameHeader.headerBytes(messageBytes);
        byte[] array = new byte[typeOffset + messageBytes];
        WsFrameHeader.writeBefore(array, typeOffset, Opcode.BINARY, messageBytes);
        array[typeOffset] = TYPE;
        array[typeOffset + 1] = (byte) name.length;
        array[typeOffset + 2] = (byte) (name.length >>> 8);
        int subjectOffset = typeOffset + 1 + SUBJECT_LENGTH_BYTES;
        System.arraycopy(name, 0, array, subjectOffset, name.length);
        System.arraycopy(payload, 0, array, subjectOffset + name.length, payload.length);
        return new TelemetryMessage(new OutboundFrame(array, 0, array.length), subjectOffset, name.length, receivedNanos);
    }

    /** Bytes on the wire, the WebSocket header included. */
    public int lengthBytes() {
        return frame.lengthBytes();
    }

    OutboundFrame frame() {
        return frame;
    }

    /** For clients that speak sdr.2. */
    OutboundFrame timedFrame(boolean replayed) {
        if (replayed) {
            return TimedTelemetry.of(frame.array(), subjectOffset, subjectBytes, receivedNanos, true);
        }
        OutboundFrame made = timed;
        if (made == null) {
            made = TimedTelemetry.of(frame.array(), subjectOffset, subjectBytes, receivedNanos, false);
            timed = made;
        }
        return made;
    }
}
