package io.sdros.shm.reader;

import static io.sdros.shm.protocol.HistoryLayout.EPOCH_OFFSET;
import static io.sdros.shm.protocol.HistoryLayout.LATEST_KEYFRAME_OFFSET;
import static io.sdros.shm.protocol.HistoryLayout.LATEST_OFFSET;
import static io.sdros.shm.protocol.HistoryLayout.RING_BYTES_OFFSET;
import static io.sdros.shm.protocol.HistoryLayout.RING_OFFSET_OFFSET;
import static io.sdros.shm.protocol.HistoryLayout.SLOT_BYTES_OFFSET;
import static io.sdros.shm.protocol.HistoryLayout.TAIL_INTENT_OFFSET;
import static io.sdros.shm.protocol.HistoryLayout.TAIL_OFFSET;
import static io.sdros.shm.protocol.HistoryLayout.USED_BYTES;

import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.FrameHeaderLayout;
import io.sdros.shm.protocol.HistoryLayout;
import io.sdros.shm.protocol.HistoryRecordLayout;
import io.sdros.shm.protocol.RegionLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A history as a reader sees it: a look at the descriptor, copies out of the ring, another look. Whatever was copied is
 * garbage unless the look that follows is sound and {@link #keeps} the position it was copied from.
 *
 * <p>The order is made by fences between the copies, as in {@link RegionView}.
 */
final class HistoryView {

    /** What a look came to. */
    enum Look {
        /** It is the history that was found, and its numbers agree with each other. */
        SOUND,
        /** Its numbers do not agree: they were stored while they were copied, or will never be right. */
        UNSOUND,
        /** It is another one, or none. */
        GONE
    }

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int IDENTITY_BYTES = EPOCH_OFFSET + Long.BYTES;
    private static final int SIZE_OFFSET = HistoryRecordLayout.HEADER_OFFSET + FrameHeaderLayout.SIZE_OFFSET;

    private final RegionSource source;
    private final byte[] descriptor = new byte[USED_BYTES];
    /** What does not change for as long as it is the same history. */
    private final byte[] identity = new byte[IDENTITY_BYTES];
    private final byte[] head = new byte[HistoryRecordLayout.PAYLOAD_OFFSET];
    private long descriptorOffset;
    private long ringOffset;
    private long ringBytes;

    HistoryView(RegionSource source) {
        this.source = source;
    }

    /** Looks whether the source ends with the descriptor of a history that is all there; gone, if not. */
    Look find() {
        long sizeBytes = source.sizeBytes();
        descriptorOffset = sizeBytes - HistoryLayout.DESCRIPTOR_BYTES;
        if (descriptorOffset < 0 || !copyDescriptor()) {
            return Look.GONE;
        }
        long slotBytes = field(SLOT_BYTES_OFFSET);
        ringOffset = field(RING_OFFSET_OFFSET);
        ringBytes = field(RING_BYTES_OFFSET);
        System.arraycopy(descriptor, 0, identity, 0, IDENTITY_BYTES);
        boolean found = field(HistoryLayout.MAGIC_OFFSET) == HistoryLayout.MAGIC
                && (int) INT.get(descriptor, HistoryLayout.VERSION_OFFSET) == HistoryLayout.VERSION
                && slotBytes >= RegionLayout.MIN_REGION_BYTES && slotBytes <= sizeBytes
                && ringOffset == HistoryLayout.ringOffset(slotBytes)
                && HistoryLayout.isRingSize(ringBytes)
                && sizeBytes == HistoryLayout.fileBytes(slotBytes, ringBytes)
                && epoch() != 0;
        return found ? soundness() : Look.GONE;
    }

    /** Looks at the descriptor of the history that was {@linkplain #find found}. */
    Look look() {
        // Keeps this look after the copies made before it. Pairs with the writer's fence after it stores the intent: a copy
        // that holds a newer record's bytes is followed by a look that finds its intent, or a later one.
        VarHandle.acquireFence();
        if (!copyDescriptor() || !Arrays.equals(descriptor, 0, IDENTITY_BYTES, identity, 0, IDENTITY_BYTES)) {
            return Look.GONE;
        }
        return soundness();
    }

    private Look soundness() {
        return numbersAgree() ? Look.SOUND : Look.UNSOUND;
    }

    private boolean copyDescriptor() {
        boolean whole = source.copy(descriptorOffset, descriptor, 0, USED_BYTES) == USED_BYTES;
        // Pairs with the writer's fence before it stores the tail: what is copied below, up to that tail, is there.
        VarHandle.acquireFence();
        return whole;
    }

    /**
     * Half of a number that is being stored is far off on the side of which its other half is missing, so an intent that is
     * too low for it is below the tail.
     */
    private boolean numbersAgree() {
        return aligned(tail()) && aligned(intent()) && tail() >= 0
                && intent() >= tail() && intent() - tail() <= ringBytes;
    }

    private static boolean aligned(long position) {
        return (position & HistoryRecordLayout.ALIGNMENT_BYTES - 1) == 0;
    }

    private long field(int offset) {
        return (long) LONG.get(descriptor, offset);
    }

    long epoch() {
        return (long) LONG.get(identity, EPOCH_OFFSET);
    }

    /** Position behind the last committed record. */
    long tail() {
        return field(TAIL_OFFSET);
    }

    private long intent() {
        return field(TAIL_INTENT_OFFSET);
    }

    /** Position of the last record, or a negative number if there is none that could be read. */
    long latest() {
        return readable(field(LATEST_OFFSET));
    }

    /** Position of the last record with a keyframe, or a negative number if there is none that could be read. */
    long latestKeyframe() {
        return readable(field(LATEST_KEYFRAME_OFFSET));
    }

    private long readable(long position) {
        return position >= 0 && position < tail() && aligned(position) && keeps(position) ? position : HistoryLayout.NONE;
    }

    /** Whether nothing from this position on had been overwritten at the last look, nor was about to be. */
    boolean keeps(long position) {
        return intent() - ringBytes <= position;
    }

    /** Whether nothing was ever overwritten. */
    boolean keepsAll() {
        return keeps(0);
    }

    /** Bytes from a position to the end of the ring. */
    long leftBytes(long position) {
        return ringBytes - (position & ringBytes - 1);
    }

    /** Copies a record's first 64 bytes; whether they are there. */
    boolean copyHead(long position) {
        return copy(position, 0, head, 0, head.length);
    }

    /** Copies frame header and payload of a record; whether they are there. */
    boolean copyFrame(long position, byte[] target, int targetOffset, int lengthBytes) {
        return copy(position, HistoryRecordLayout.HEADER_OFFSET, target, targetOffset, lengthBytes);
    }

    private boolean copy(long position, int offset, byte[] target, int targetOffset, int lengthBytes) {
        long at = ringOffset + (position & ringBytes - 1) + offset;
        return source.copy(at, target, targetOffset, lengthBytes) == lengthBytes;
    }

    /** Length of the record whose head was copied, in bytes (u32). */
    long recordBytes() {
        return u32(HistoryRecordLayout.LENGTH_OFFSET);
    }

    boolean isPadding() {
        return u32(HistoryRecordLayout.TYPE_OFFSET) == HistoryRecordLayout.PADDING;
    }

    boolean isFrame() {
        return u32(HistoryRecordLayout.TYPE_OFFSET) == HistoryRecordLayout.FRAME;
    }

    long recordSequence() {
        return (long) LONG.get(head, HistoryRecordLayout.SEQUENCE_OFFSET);
    }

    /** The frame header of the record whose head was copied. */
    FrameHeader header() {
        return FrameHeader.decode(head, HistoryRecordLayout.HEADER_OFFSET);
    }

    long captureNanos() {
        return (long) LONG.get(head, HistoryRecordLayout.CAPTURE_TIME_OFFSET);
    }

    long commitNanos() {
        return (long) LONG.get(head, HistoryRecordLayout.COMMIT_TIME_OFFSET);
    }

    /** Payload bytes, by the frame header of the record whose head was copied (u32). */
    long payloadBytes() {
        return u32(SIZE_OFFSET);
    }

    /** Whether a copied frame header says the same as the one in the head. */
    boolean hasCopiedSize(byte[] frame, int headerOffset) {
        return (int) INT.get(frame, headerOffset + FrameHeaderLayout.SIZE_OFFSET) == (int) payloadBytes();
    }

    private long u32(int offset) {
        return Integer.toUnsignedLong((int) INT.get(head, offset));
    }
}
