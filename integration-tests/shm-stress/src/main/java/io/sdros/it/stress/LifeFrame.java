package io.sdros.it.stress;

import io.sdros.shm.reader.Frame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Frames of the chaos run. A life is one writer from its start to its end; it is the frame's id. The payload begins
 * with the time of the life's first frame (nanoseconds of the monotonic clock, the same in all processes) and the
 * life; the other bytes follow from number and life.
 */
record LifeFrame(long life, long seq, long beganNanos, boolean keyframe, boolean whole) {

    static final int MIN_PAYLOAD_BYTES = 16;

    static int sizeBytes(long life, long seq, int largest) {
        return MIN_PAYLOAD_BYTES + (int) ((seq * 7919 + life) % (largest - MIN_PAYLOAD_BYTES));
    }

    static byte filler(long life, long seq) {
        return (byte) (seq + life);
    }

    static boolean keyframe(long seq) {
        return seq % 10 == 1;
    }

    static LifeFrame of(Frame frame) {
        ByteBuffer payload = frame.payload().order(ByteOrder.LITTLE_ENDIAN);
        if (payload.remaining() < MIN_PAYLOAD_BYTES) {
            return new LifeFrame(frame.frameId(), frame.frameSeq(), 0, frame.keyframe(), false);
        }
        boolean whole = payload.getLong(8) == frame.frameId() && keyframe(frame.frameSeq()) == frame.keyframe();
        byte filler = filler(frame.frameId(), frame.frameSeq());
        for (int i = MIN_PAYLOAD_BYTES; i < payload.limit(); i++) {
            whole &= payload.get(i) == filler;
        }
        return new LifeFrame(frame.frameId(), frame.frameSeq(), payload.getLong(0), frame.keyframe(), whole);
    }
}
