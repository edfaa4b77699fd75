package io.sdros.transport.undertow.ws;

import io.sdros.fanout.DropOldestQueue;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Encodes the control frames the server sends; their payload never exceeds 125 bytes. */
public final class ControlFrames {

    static final int MAX_PAYLOAD_BYTES = WsFrameHeader.MAX_SHORT_LENGTH;
    private static final int CODE_BYTES = 2;
    private static final byte[] EMPTY = {};

    private ControlFrames() {
    }

    public static OutboundFrame ping() {
        return control(Opcode.PING, EMPTY);
    }

    /** The payload is echoed as it came. */
    public static OutboundFrame pong(byte[] payload) {
        return control(Opcode.PONG, payload);
    }

    /** A pong for the first payload and for each that waits behind it, up to {@code limit} in all, for one write. */
    public static OutboundFrame pongs(byte[] first, DropOldestQueue<byte[]> waiting, int limit) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        int count = 0;
        for (byte[] payload = first; payload != null; payload = ++count < limit ? waiting.poll() : null) {
            frames.writeBytes(pong(payload).array());
        }
        return new OutboundFrame(frames.toByteArray(), 0, frames.size());
    }

    /** {@link CloseCodes#NO_STATUS} gives a close frame without a body. The reason is short ASCII. */
    public static OutboundFrame close(int code, String reason) {
        if (code == CloseCodes.NO_STATUS) {
            return control(Opcode.CLOSE, EMPTY);
        }
        byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
        byte[] body = new byte[CODE_BYTES + Math.min(text.length, MAX_PAYLOAD_BYTES - CODE_BYTES)];
        body[0] = (byte) (code >>> 8);
        body[1] = (byte) code;
        System.arraycopy(text, 0, body, CODE_BYTES, body.length - CODE_BYTES);
        return control(Opcode.CLOSE, body);
    }

    private static OutboundFrame control(Opcode opcode, byte[] payload) {
        int payloadOffset = WsFrameHeader.headerBytes(payload.length);
        byte[] array = new byte[payloadOffset + payload.length];
        WsFrameHeader.writeBefore(array, payloadOffset, opcode, payload.length);
        System.arraycopy(payload, 0, array, payloadOffset, payload.length);
        return new OutboundFrame(array, 0, array.length);
    }
}
