package io.sdros.it.support;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The server's messages as they come out of one socket, after the handshake: their headers are looked at, their bodies
 * pass by. A message is told when its last byte is here. Not for more than one thread.
 */
public final class MessageScanner {

    /** What was seen. */
    public interface Sink {

        void video(long frameId, long frameSeq, boolean keyframe);

        default void telemetry() {
        }

        default void ping() {
        }

        default void close(int code) {
        }
    }

    private static final int LONGEST_WEBSOCKET_HEADER = 10;
    private static final int FRAME_ID = 1;
    private static final int FRAME_SEQ = 9;
    private static final int FLAGS = 21;
    /** As much of a body as is looked at: the type byte, and the frame header up to its flags. */
    private static final int LOOKED_AT = FLAGS + 2;

    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;

    private final Sink sink;
    /** The WebSocket header and the first bytes of the body of the message under way. */
    private final ByteBuffer head = ByteBuffer.allocate(LONGEST_WEBSOCKET_HEADER + LOOKED_AT);
    private long bodyLeft = -1;

    public MessageScanner(Sink sink) {
        this.sink = sink;
    }

    /** Takes all there is. */
    public void feed(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (bodyLeft < 0) {
                head.put(bytes.get());
                if (head.position() >= 2 && head.position() == headBytes()) {
                    bodyLeft = length() - lookedAt();
                }
            } else {
                int count = (int) Math.min(bodyLeft, bytes.remaining());
                bytes.position(bytes.position() + count);
                bodyLeft -= count;
            }
            if (bodyLeft == 0) {
                tell();
                head.clear();
                bodyLeft = -1;
            }
        }
    }

    private int headerBytes() {
        int length = head.get(1);
        return length == 126 ? 4 : length == 127 ? LONGEST_WEBSOCKET_HEADER : 2;
    }

    private int headBytes() {
        int header = headerBytes();
        return head.position() < header ? header : header + lookedAt();
    }

    private int lookedAt() {
        return (int) Math.min(LOOKED_AT, length());
    }

    private long length() {
        int length = head.get(1);
        return length == 126 ? Short.toUnsignedInt(head.getShort(2)) : length == 127 ? head.getLong(2) : length;
    }

    private void tell() {
        ByteBuffer body = head.slice(headerBytes(), lookedAt()).order(ByteOrder.LITTLE_ENDIAN);
        switch (head.get(0) & 0x0F) {
            case BINARY -> {
                if (body.get(0) == 1) {
                    sink.video(body.getLong(FRAME_ID), body.getLong(FRAME_SEQ),
                            (body.getShort(FLAGS) & VideoFrame.KEYFRAME) != 0);
                } else {
                    sink.telemetry();
                }
            }
            case PING -> sink.ping();
            case CLOSE -> sink.close(Short.toUnsignedInt(body.order(ByteOrder.BIG_ENDIAN).getShort(0)));
            default -> throw new AssertionError("not expected from the server: opcode " + (head.get(0) & 0x0F));
        }
    }
}
