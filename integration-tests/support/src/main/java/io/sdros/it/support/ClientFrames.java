package io.sdros.it.support;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The bytes of a client's WebSocket frames, right ones and wrong ones, put together by hand. */
public final class ClientFrames {

    public static final int CONTINUATION = 0x0;
    public static final int TEXT = 0x1;
    public static final int BINARY = 0x2;
    public static final int CLOSE = 0x8;
    public static final int PING = 0x9;
    public static final int PONG = 0xA;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int MAX_SHORT = 125;
    private static final int MAX_16_BIT = 0xFFFF;
    private static final byte[] MASK = {(byte) 0xA5, 0x3C, 0x00, 0x7E};

    private ClientFrames() {
    }

    public static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    public static byte[] times(int count, byte[] part) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(count * part.length);
        for (int i = 0; i < count; i++) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** A whole message, or a control frame. */
    public static byte[] frame(int opcode, byte[] payload) {
        return raw(FIN | opcode, payload);
    }

    /** A fragment that is not the last. */
    public static byte[] part(int opcode, byte[] payload) {
        return raw(opcode, payload);
    }

    public static byte[] text(String text) {
        return frame(TEXT, utf8(text));
    }

    public static byte[] ping(String text) {
        return frame(PING, utf8(text));
    }

    public static byte[] close(int code, byte[] reason) {
        return frame(CLOSE, join(new byte[] {(byte) (code >>> 8), (byte) code}, reason));
    }

    public static byte[] close(int code) {
        return close(code, new byte[0]);
    }

    /** A masked frame with any first byte and the shortest length field. */
    public static byte[] raw(int firstByte, byte[] payload) {
        return join(header(firstByte, payload.length), masked(payload));
    }

    /** The first bytes of a masked frame, the mask itself included. */
    public static byte[] header(int firstByte, long payloadBytes) {
        ByteBuffer header = ByteBuffer.allocate(14).put((byte) firstByte);
        if (payloadBytes >= 0 && payloadBytes <= MAX_SHORT) {
            header.put((byte) (MASKED | (int) payloadBytes));
        } else if (payloadBytes >= 0 && payloadBytes <= MAX_16_BIT) {
            header.put((byte) (MASKED | 126)).putShort((short) payloadBytes);
        } else {
            header.put((byte) (MASKED | 127)).putLong(payloadBytes);
        }
        header.put(MASK);
        byte[] bytes = new byte[header.flip().remaining()];
        header.get(bytes);
        return bytes;
    }

    private static byte[] masked(byte[] payload) {
        byte[] masked = payload.clone();
        for (int i = 0; i < masked.length; i++) {
            masked[i] ^= MASK[i % MASK.length];
        }
        return masked;
    }
}
