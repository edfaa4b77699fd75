package io.sdros.it.support;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Messages of the subprotocol sdr.2, after docs/protocol.md. */
public final class Sdr2 {

    public static final int PLAYING = 0;
    public static final int PAUSED = 1;
    public static final int WAITING_FOR_KEYFRAME = 3;

    public static final byte FRAME_TIMES = 0x05;
    public static final byte TELEMETRY = 0x08;
    public static final byte STATE = 0x09;

    private Sdr2() {
    }

    /** The numbers of a 0x05. */
    public record FrameTimes(boolean captureKnown, long frameSeq, long captureNanos, long commitNanos, long serverNanos) {

        public static FrameTimes of(byte[] message) {
            ByteBuffer bytes = littleEndian(message);
            return new FrameTimes((bytes.get(1) & 1) != 0, bytes.getLong(8), bytes.getLong(16), bytes.getLong(24), bytes.getLong(32));
        }
    }

    public static ByteBuffer littleEndian(byte[] message) {
        return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The JDK's WebSocket masks eight bytes at a time and mixes them up if the buffer is not big-endian. */
    private static ByteBuffer toSend(ByteBuffer message) {
        return ByteBuffer.wrap(message.array());
    }

    /** To be sent: a question for the clock. */
    public static ByteBuffer clock(long clientTime) {
        return toSend(littleEndian(new byte[16]).putLong(6).putLong(clientTime));
    }

    /** To be sent: a number and a time for the newest frame received, and for the newest displayed; 0 for no frame. */
    public static ByteBuffer feedback(int state, long receivedSeq, long receivedNanos, long displayedSeq, long displayedNanos) {
        return feedback(state, 0, receivedSeq, receivedNanos, displayedSeq, displayedNanos);
    }

    /** As above, and how many milliseconds it took to decode the newest displayed; 0 for not known. */
    public static ByteBuffer feedback(int state, int decodingMillis, long receivedSeq, long receivedNanos, long displayedSeq,
            long displayedNanos) {
        return toSend(littleEndian(new byte[52]).put((byte) 7).put((byte) state).put((byte) 0).put((byte) decodingMillis).putInt(0)
                .putLong(receivedSeq).putLong(receivedNanos).putLong(displayedSeq).putLong(displayedNanos)
                .putInt(1).putInt(1).putInt(0));
    }
}
