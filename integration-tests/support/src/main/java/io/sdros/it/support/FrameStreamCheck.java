package io.sdros.it.support;

import java.nio.ByteBuffer;

/**
 * Follows every byte a client is sent after the handshake: whole WebSocket frames, then at most one close frame, then
 * nothing. Not for more than one thread.
 */
public final class FrameStreamCheck {

    private static final int LONGEST_HEADER = 10;
    private static final int BINARY_FINAL = 0x82;
    private static final int PING_FINAL = 0x89;
    private static final int CLOSE_FINAL = 0x88;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;
    private static final int CODE_BYTES = 2;

    private final ByteBuffer header = ByteBuffer.allocate(LONGEST_HEADER);
    private boolean inPayload;
    private long payloadLeft;
    private int closeCode;
    private long binaryFrames;
    private long bytesAfterClose;

    /** Takes the next bytes as they come. */
    public void feed(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (closed()) {
                bytesAfterClose += bytes.remaining();
                bytes.position(bytes.limit());
            } else if (inPayload) {
                payload(bytes);
            } else {
                header.put(bytes.get());
                headerMayBeWhole();
            }
        }
    }

    private void headerMayBeWhole() {
        if (header.position() < headerBytes()) {
            return;
        }
        int first = header.get(0) & 0xFF;
        if (first != BINARY_FINAL && first != PING_FINAL && first != CLOSE_FINAL) {
            throw new AssertionError("byte 0x" + Integer.toHexString(first) + " begins no frame the server sends, after "
                    + binaryFrames + " whole ones: the one before it was cut short");
        }
        int length = header.get(1);
        payloadLeft = length == LENGTH_16 ? Short.toUnsignedInt(header.getShort(2))
                : length == LENGTH_64 ? header.getLong(2) : length;
        inPayload = true;
        if (payloadLeft == 0) {
            frameIsWhole(first);
        }
    }

    private int headerBytes() {
        int length = header.position() < 2 ? 0 : header.get(1);
        return length == LENGTH_16 ? 4 : length == LENGTH_64 ? LONGEST_HEADER : 2;
    }

    private void payload(ByteBuffer bytes) {
        int first = header.get(0) & 0xFF;
        if (first == CLOSE_FINAL) {
            long index = header.get(1) - payloadLeft;
            int value = bytes.get() & 0xFF;
            closeCode = index < CODE_BYTES ? closeCode << Byte.SIZE | value : closeCode;
            payloadLeft--;
        } else {
            int count = (int) Math.min(payloadLeft, bytes.remaining());
            bytes.position(bytes.position() + count);
            payloadLeft -= count;
        }
        if (payloadLeft == 0) {
            frameIsWhole(first);
        }
    }

    private void frameIsWhole(int first) {
        if (first == BINARY_FINAL) {
            binaryFrames++;
        }
        if (first != CLOSE_FINAL) {
            header.clear();
            inPayload = false;
        }
    }

    /** A whole close frame was received. */
    public boolean closed() {
        return inPayload && payloadLeft == 0 && (header.get(0) & 0xFF) == CLOSE_FINAL;
    }

    /** The code of the close frame; 0 while there is none. */
    public int closeCode() {
        return closed() ? closeCode : 0;
    }

    public long binaryFrames() {
        return binaryFrames;
    }

    /** What came after the close frame, which should be nothing. */
    public long bytesAfterClose() {
        return bytesAfterClose;
    }

    /** A frame has begun and is not whole. */
    public boolean withinFrame() {
        return !closed() && (inPayload || header.position() > 0);
    }
}
