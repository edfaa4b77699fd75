package io.sdros.shm.protocol;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongSupplier;

/**
 * Appends frames to the ring behind the slot. What cannot be stored leaves the ring as it was for readers: they learn of a
 * record by the tail, which is stored last.
 *
 * <p>Not thread-safe: one thread at a time, the one that writes the slot.
 */
final class HistoryWriter {

    private static final ByteBuffer LAST_BYTE = ByteBuffer.allocateDirect(1).asReadOnlyBuffer();

    private final RegionSink file;
    private final long slotBytes;
    private final long ringBytes;
    private final LongSupplier epochs;
    private final LongSupplier nanoClock;
    private final ByteBuffer number = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer head =
            ByteBuffer.allocateDirect(HistoryRecordLayout.PAYLOAD_OFFSET).order(ByteOrder.LITTLE_ENDIAN);
    private boolean begun;
    private long tail;

    /**
     * @param epochs    random numbers; those that are 0 are left out
     * @param nanoClock the machine's CLOCK_MONOTONIC
     */
    HistoryWriter(RegionSink file, long slotBytes, long ringBytes, LongSupplier epochs, LongSupplier nanoClock) {
        this.file = file;
        this.slotBytes = slotBytes;
        this.ringBytes = ringBytes;
        this.epochs = epochs;
        this.nanoClock = nanoClock;
    }

    /** Whether a frame goes into the ring; those that do not are in the slot only. */
    boolean holds(int payloadBytes) {
        return HistoryRecordLayout.recordBytes(payloadBytes) <= HistoryLayout.maxRecordBytes(ringBytes);
    }

    /**
     * Gives the file its length, if it is shorter, and begins an empty history with a new epoch. The magic is gone while
     * the rest is stored, so nobody takes half of it for a descriptor.
     */
    void begin() throws IOException {
        begun = false;
        storeInDescriptor(0, HistoryLayout.MAGIC_OFFSET);
        // Pairs with the acquire fence before a reader's second look at the descriptor: a copy that holds anything
        // stored below is followed by a look that does not find the old epoch beside the magic.
        VarHandle.fullFence();
        if (file.sizeBytes() < HistoryLayout.fileBytes(slotBytes, ringBytes)) {
            file.store(LAST_BYTE.duplicate(), HistoryLayout.fileBytes(slotBytes, ringBytes) - 1);
        }
        storeInDescriptor(HistoryLayout.VERSION, HistoryLayout.VERSION_OFFSET); // and the reserved 0
        storeInDescriptor(slotBytes, HistoryLayout.SLOT_BYTES_OFFSET);
        storeInDescriptor(HistoryLayout.ringOffset(slotBytes), HistoryLayout.RING_OFFSET_OFFSET);
        storeInDescriptor(ringBytes, HistoryLayout.RING_BYTES_OFFSET);
        storeInDescriptor(newEpoch(), HistoryLayout.EPOCH_OFFSET);
        storeInDescriptor(0, HistoryLayout.TAIL_INTENT_OFFSET);
        storeInDescriptor(0, HistoryLayout.TAIL_OFFSET);
        storeInDescriptor(HistoryLayout.NONE, HistoryLayout.LATEST_OFFSET);
        storeInDescriptor(HistoryLayout.NONE, HistoryLayout.LATEST_KEYFRAME_OFFSET);
        // Who sees the magic sees the rest.
        VarHandle.releaseFence();
        storeInDescriptor(HistoryLayout.MAGIC, HistoryLayout.MAGIC_OFFSET);
        tail = 0;
        begun = true;
    }

    private long newEpoch() {
        long epoch = epochs.getAsLong();
        while (epoch == 0) {
            epoch = epochs.getAsLong();
        }
        return epoch;
    }

    /**
     * Appends a frame that the ring {@link #holds}. A file that somebody has cut short gets a new history first.
     *
     * @param payload  from position to limit; neither moves
     * @param sequence the commit sequence the slot is about to get
     * @throws IOException if the file system has no room: the frame is not in the history, and the next one may be
     */
    void append(FrameHeader header, ByteBuffer payload, long sequence, long captureNanos) throws IOException {
        if (!begun || file.sizeBytes() < HistoryLayout.fileBytes(slotBytes, ringBytes)) {
            begin();
        }
        long recordBytes = HistoryRecordLayout.recordBytes(header.sizeBytes());
        long leftBytes = ringBytes - (tail & ringBytes - 1);
        long position = recordBytes <= leftBytes ? tail : tail + leftBytes;
        storeInDescriptor(position + recordBytes, HistoryLayout.TAIL_INTENT_OFFSET);
        // No byte of an older record is overwritten before the intent can be seen. Pairs with the acquire fence before a
        // reader's second look at the intent. Full, since large copies may use streaming stores.
        VarHandle.fullFence();
        if (position != tail) {
            storeHead((int) leftBytes, HistoryRecordLayout.PADDING, tail);
        }
        file.store(payload.duplicate(), fileOffset(position) + HistoryRecordLayout.PAYLOAD_OFFSET);
        head.clear();
        header.encode(head, HistoryRecordLayout.HEADER_OFFSET);
        head.putLong(HistoryRecordLayout.SEQUENCE_OFFSET, sequence)
                .putLong(HistoryRecordLayout.CAPTURE_TIME_OFFSET, captureNanos)
                .putLong(HistoryRecordLayout.COMMIT_TIME_OFFSET, nanoClock.getAsLong());
        storeHead((int) recordBytes, HistoryRecordLayout.FRAME, position);
        storeInDescriptor(position, HistoryLayout.LATEST_OFFSET);
        if (header.keyframe()) {
            storeInDescriptor(position, HistoryLayout.LATEST_KEYFRAME_OFFSET);
        }
        // Who sees this tail sees the record. Full for the payload's streaming stores; pairs with the acquire fence after
        // a reader's first look at the descriptor.
        VarHandle.fullFence();
        storeInDescriptor(position + recordBytes, HistoryLayout.TAIL_OFFSET);
        tail = position + recordBytes;
    }

    private void storeHead(int recordBytes, int type, long position) throws IOException {
        head.putInt(HistoryRecordLayout.LENGTH_OFFSET, recordBytes).putInt(HistoryRecordLayout.TYPE_OFFSET, type);
        file.store(head.clear(), fileOffset(position));
    }

    private long fileOffset(long position) {
        return HistoryLayout.ringOffset(slotBytes) + (position & ringBytes - 1);
    }

    private void storeInDescriptor(long value, int offset) throws IOException {
        number.putLong(0, value);
        file.store(number.clear(), HistoryLayout.descriptorOffset(slotBytes, ringBytes) + offset);
    }
}
