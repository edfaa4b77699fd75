package io.sdros.it.reader;

import io.sdros.it.support.VideoFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/** What a region with a history holds, byte for byte, by the contract and nothing else. One thread. */
final class RegionImage {

    private static final int PAGE = 4096;
    private static final int RECORD_HEAD_BYTES = 32;
    private static final int RECORD_ALIGNMENT = 64;
    private static final int RECORD_SHARE = 4;
    private static final int EPOCH = 40;
    private static final int COMMIT_TIME = 24;
    private static final int PADDING_BYTES = Long.BYTES;
    private static final long NONE = -1;
    private static final int JPEG = 3;

    private final ByteBuffer expected;
    /** Bytes that the writer chooses: the epoch, commit times, what padding holds. */
    private final BitSet chosen = new BitSet();
    private final int ringOffset;
    private final int ringBytes;
    private final int descriptor;
    private long tail;
    private long latestKeyframe = NONE;

    /** After the start of a writer, with zeros where it stores nothing. */
    RegionImage(int slotBytes, int ringBytes) {
        this.ringBytes = ringBytes;
        this.ringOffset = (slotBytes + PAGE - 1) / PAGE * PAGE;
        this.descriptor = ringOffset + ringBytes;
        this.expected = ByteBuffer.allocate(descriptor + PAGE).order(ByteOrder.LITTLE_ENDIAN);
        expected.put(descriptor, "SDRHIST1".getBytes(StandardCharsets.US_ASCII));
        expected.putInt(descriptor + 8, 1).putLong(descriptor + 16, slotBytes).putLong(descriptor + 24, ringOffset)
                .putLong(descriptor + 32, ringBytes).putLong(descriptor + HistoryRecords.LATEST, NONE)
                .putLong(descriptor + HistoryRecords.LATEST_KEYFRAME, NONE);
        chosen.set(descriptor + EPOCH, descriptor + EPOCH + Long.BYTES);
    }

    /** As a writer that begins anew leaves it: what lies in the ring and behind the slot's first numbers may stay. */
    void beginAnew() {
        tail = 0;
        latestKeyframe = NONE;
        expected.putLong(0, 0).putLong(Long.BYTES, 0);
        storePositions(0, NONE);
    }

    /** As after the commit of a frame. */
    void commit(VideoFrame frame, long captureNanos) {
        byte[] bytes = frame.headerAndPayload();
        int length = (RECORD_HEAD_BYTES + bytes.length + RECORD_ALIGNMENT - 1) / RECORD_ALIGNMENT * RECORD_ALIGNMENT;
        if (length <= ringBytes / RECORD_SHARE) {
            long left = ringBytes - tail % ringBytes;
            if (left < length) {
                expected.putInt(at(tail), (int) left).putInt(at(tail) + Integer.BYTES, 0);
                chosen.clear(at(tail), at(tail) + PADDING_BYTES);
                chosen.set(at(tail) + PADDING_BYTES, at(tail) + RECORD_ALIGNMENT);
                tail += left;
            }
            expected.putInt(at(tail), length).putInt(at(tail) + 4, 1).putLong(at(tail) + 8, frame.frameSeq())
                    .putLong(at(tail) + 16, captureNanos).put(at(tail) + RECORD_HEAD_BYTES, bytes);
            chosen.clear(at(tail), at(tail) + RECORD_HEAD_BYTES + bytes.length);
            chosen.set(at(tail) + COMMIT_TIME, at(tail) + COMMIT_TIME + Long.BYTES);
            latestKeyframe = frame.keyframe() || frame.codec() == JPEG ? tail : latestKeyframe;
            tail += length;
            storePositions(tail, tail - length);
        }
        expected.putLong(0, frame.frameSeq()).putLong(Long.BYTES, bytes.length).put(2 * Long.BYTES, bytes);
    }

    private void storePositions(long end, long latest) {
        expected.putLong(descriptor + HistoryRecords.TAIL_INTENT, end).putLong(descriptor + HistoryRecords.TAIL, end)
                .putLong(descriptor + HistoryRecords.LATEST, latest)
                .putLong(descriptor + HistoryRecords.LATEST_KEYFRAME, latestKeyframe);
    }

    private int at(long position) {
        return (int) (ringOffset + position % ringBytes);
    }

    /** The file as it is, but for what the writer chooses, which is as in this image. */
    byte[] comparable(byte[] file) {
        byte[] actual = file.clone();
        if (file.length == expected.capacity()) {
            chosen.stream().forEach(at -> actual[at] = expected.get(at));
        }
        return actual;
    }

    byte[] bytes() {
        return expected.array().clone();
    }
}
