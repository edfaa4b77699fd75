package io.sdros.shm.reader;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * A file with a slot of 4096 bytes and a history of 64 KiB in memory, and a writer of it, after docs/protocol.md and without
 * the library's classes. Anything in it may be overwritten and any end cut off; the writer goes on as if nothing had been.
 */
final class HistoryImage {

    static final int SLOT_BYTES = 4096;
    static final int RING_BYTES = 65_536;
    static final int DESCRIPTOR_OFFSET = SLOT_BYTES + RING_BYTES;
    static final int DESCRIPTOR_BYTES = 4096;
    static final int FILE_BYTES = DESCRIPTOR_OFFSET + DESCRIPTOR_BYTES;
    static final int MAX_PAYLOAD_BYTES = SLOT_BYTES - 48;
    static final long MAGIC = 0x3154_5349_4852_4453L;

    private static final int TAIL_INTENT = DESCRIPTOR_OFFSET + 64;
    private static final int TAIL = DESCRIPTOR_OFFSET + 128;
    private static final int LATEST = DESCRIPTOR_OFFSET + 192;
    private static final int LATEST_KEYFRAME = DESCRIPTOR_OFFSET + 256;
    private static final int RECORD_HEAD_BYTES = 64;

    private final ByteBuffer file = ByteBuffer.allocate(FILE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int lengthBytes = FILE_BYTES;
    private long tail;
    private long latest;
    private long sequence;

    /** What a writer may be killed in the middle of. */
    enum Killed { NOT, IN_THE_RECORD, BEFORE_THE_TAIL, BEFORE_THE_SLOT }

    HistoryImage(long epoch) {
        file.putInt(DESCRIPTOR_OFFSET + 8, 1).putLong(DESCRIPTOR_OFFSET + 16, SLOT_BYTES)
                .putLong(DESCRIPTOR_OFFSET + 24, SLOT_BYTES).putLong(DESCRIPTOR_OFFSET + 32, RING_BYTES)
                .putLong(DESCRIPTOR_OFFSET + 40, epoch).putLong(LATEST, -1).putLong(LATEST_KEYFRAME, -1)
                .putLong(DESCRIPTOR_OFFSET, MAGIC);
    }

    /** Writes a frame, into the ring and into the slot. */
    void write(int payloadBytes, boolean keyframe, long nanos, Killed killed) {
        sequence++;
        byte[] payload = new byte[payloadBytes];
        Arrays.fill(payload, (byte) sequence);
        byte[] header = header(payload, keyframe);
        int recordBytes = (RECORD_HEAD_BYTES + payloadBytes + 63) / 64 * 64;
        int place = (int) (tail % RING_BYTES);
        if (recordBytes > RING_BYTES - place) {
            file.putInt(SLOT_BYTES + place, RING_BYTES - place).putInt(SLOT_BYTES + place + 4, 0);
            tail += RING_BYTES - place;
            place = 0;
        }
        file.putLong(TAIL_INTENT, tail + recordBytes);
        file.put(SLOT_BYTES + place + RECORD_HEAD_BYTES, payload);
        if (killed == Killed.IN_THE_RECORD) {
            return;
        }
        file.putInt(SLOT_BYTES + place, recordBytes).putInt(SLOT_BYTES + place + 4, 1)
                .putLong(SLOT_BYTES + place + 8, sequence).putLong(SLOT_BYTES + place + 16, nanos)
                .putLong(SLOT_BYTES + place + 24, nanos).put(SLOT_BYTES + place + 32, header);
        latest = tail;
        file.putLong(LATEST, latest);
        if (keyframe) {
            file.putLong(LATEST_KEYFRAME, latest);
        }
        if (killed == Killed.BEFORE_THE_TAIL) {
            return;
        }
        tail += recordBytes;
        file.putLong(TAIL, tail);
        if (killed == Killed.BEFORE_THE_SLOT) {
            return;
        }
        file.putLong(8, 0).put(16, header).put(48, payload).putLong(8, 32 + payloadBytes).putLong(0, sequence);
    }

    private byte[] header(byte[] payload, boolean keyframe) {
        CRC32 crc = new CRC32();
        crc.update(payload);
        return ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN).putLong(7).putLong(sequence).putInt(payload.length)
                .putShort((short) (keyframe ? 1 : 0)).putShort((short) 1).putInt((int) crc.getValue()).array();
    }

    /** Stores a number in the descriptor. */
    void putInDescriptor(int offset, long value) {
        file.putLong(DESCRIPTOR_OFFSET + offset, value);
    }

    /** Stores a number somewhere near the last record. */
    void putNearLatest(int offset, int value) {
        file.putInt(SLOT_BYTES + (int) Math.floorMod(latest + offset, (long) RING_BYTES - Integer.BYTES), value);
    }

    /** Stores a number anywhere. */
    void put(int offset, int value) {
        file.putInt(Math.min(offset, FILE_BYTES - Integer.BYTES), value);
    }

    /** Makes the file shorter, or as long as it was. */
    void length(int bytes) {
        lengthBytes = Math.min(bytes, FILE_BYTES);
    }

    int length() {
        return lengthBytes;
    }

    /** Copies what is there, as a read by position does. */
    int copy(long position, byte[] target, int targetOffset, int wantedBytes) {
        int count = (int) Math.max(0, Math.min(wantedBytes, lengthBytes - position));
        if (count > 0) {
            file.get((int) position, target, targetOffset, count);
        }
        return count;
    }
}
