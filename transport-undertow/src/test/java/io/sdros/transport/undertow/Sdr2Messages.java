package io.sdros.transport.undertow;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Messages of the subprotocol sdr.2, made and taken apart by hand after docs/protocol.md. */
final class Sdr2Messages {

    static final int PLAYING = 0;
    static final int PAUSED = 1;
    static final int DECODER_FAILED = 2;
    static final int WAITING_FOR_KEYFRAME = 3;

    private Sdr2Messages() {
    }

    static ByteBuffer littleEndian(byte[] message) {
        return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    }

    static byte[] frameTimes(long frameSeq, FrameTimes times) {
        return littleEndian(new byte[40]).put((byte) 5).put((byte) (times.captureTimeNanos() == 0 ? 0 : 1)).putShort((short) 0)
                .putInt(0).putLong(frameSeq).putLong(times.captureTimeNanos())
                .putLong(times.commitTimeNanos()).putLong(times.serverTimeNanos()).array();
    }

    static byte[] clock(long clientTime) {
        return Bytes.frame(0x82, littleEndian(new byte[16]).putLong(6).putLong(clientTime).array());
    }

    static byte[] feedback(int state, long receivedSeq, long receivedNanos, long displayedSeq, long displayedNanos) {
        return Bytes.frame(0x82, feedbackBody(state, receivedSeq, receivedNanos, displayedSeq, displayedNanos));
    }

    static byte[] feedbackBody(int state, long receivedSeq, long receivedNanos, long displayedSeq, long displayedNanos) {
        return littleEndian(new byte[52]).put((byte) 7).put((byte) state).put((byte) 2).put((byte) 0).putInt(1000)
                .putLong(receivedSeq).putLong(receivedNanos).putLong(displayedSeq).putLong(displayedNanos)
                .putInt(3).putInt(2).putInt(1).array();
    }

    static byte[] feedback(int state) {
        return feedback(state, 0, 0, 0, 0);
    }
}
