package io.sdros.transport.undertow.ws;

/**
 * Header of an unmasked, unfragmented server frame (RFC 6455 §5.2).
 *
 * <pre>
 *  byte 0        byte 1            then
 * +-+---+------+-+-------------+----------------------------------------------+
 * |1|000|opcode|0| length      | nothing, if length is 0..125                 |
 * |F|RSV|      |M| 126         | 2 bytes: the length, big-endian              |
 * |I|   |      |A| 127         | 8 bytes: the length, big-endian              |
 * +-+---+------+-+-------------+----------------------------------------------+
 * </pre>
 */
public final class WsFrameHeader {

    public static final int MAX_HEADER_BYTES = 10;
    static final int MAX_SHORT_LENGTH = 125;
    static final int LENGTH_16_BIT = 126;
    static final int LENGTH_64_BIT = 127;
    static final int MAX_16_BIT_LENGTH = 0xFFFF;
    static final int FIN = 0x80;

    private WsFrameHeader() {
    }

    public static int headerBytes(int payloadBytes) {
        if (payloadBytes <= MAX_SHORT_LENGTH) {
            return 2;
        }
        return payloadBytes <= MAX_16_BIT_LENGTH ? 4 : MAX_HEADER_BYTES;
    }

    /** Writes the header so that it ends just before {@code payloadOffset}; returns where it starts. */
    public static int writeBefore(byte[] array, int payloadOffset, Opcode opcode, int payloadBytes) {
        int start = payloadOffset - headerBytes(payloadBytes);
        array[start] = (byte) (FIN | opcode.code());
        if (payloadBytes <= MAX_SHORT_LENGTH) {
            array[start + 1] = (byte) payloadBytes;
        } else if (payloadBytes <= MAX_16_BIT_LENGTH) {
            array[start + 1] = LENGTH_16_BIT;
            array[start + 2] = (byte) (payloadBytes >>> 8);
            array[start + 3] = (byte) payloadBytes;
        } else {
            array[start + 1] = LENGTH_64_BIT;
            for (int i = 0; i < 8; i++) {
                array[start + 2 + i] = (byte) ((long) payloadBytes >>> (56 - 8 * i));
            }
        }
        return start;
    }
}
