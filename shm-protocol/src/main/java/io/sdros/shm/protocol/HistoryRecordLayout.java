package io.sdros.shm.protocol;

/**
 * Where things are in a record of the history; offsets count from the record's first byte, which has a position that is
 * a multiple of 64. All integers are little-endian; times are nanoseconds of the machine's CLOCK_MONOTONIC, which is
 * what {@link System#nanoTime} tells on Linux.
 *
 * <pre>
 *   byte   0        4        8        12       16
 *        0 +--------+--------+--------+--------+
 *          | length | type   | commit sequence |   u32, u32, u64
 *       16 +--------+--------+--------+--------+
 *          | capture time    | commit time     |   u64, u64
 *       32 +--------+--------+--------+--------+
 *          | frame header, 32 bytes            |   {@link FrameHeaderLayout}
 *          |                                   |
 *       64 +--------+--------+--------+--------+
 *          | payload
 *          | ...
 *          +--------+--------+--------+--------+   length, a multiple of 64
 * </pre>
 *
 * A record does not reach beyond the end of the ring. Where the next one would, a record of type {@link #PADDING} fills
 * what is left; nothing but its length and type has a meaning.
 */
public final class HistoryRecordLayout {

    /** u32, bytes of the whole record, a multiple of {@link #ALIGNMENT_BYTES}. */
    public static final int LENGTH_OFFSET = 0;

    /** u32, {@link #FRAME} or {@link #PADDING}. */
    public static final int TYPE_OFFSET = LENGTH_OFFSET + Integer.BYTES;

    /** u64, the commit sequence that the slot has once the frame is in it, too. */
    public static final int SEQUENCE_OFFSET = TYPE_OFFSET + Integer.BYTES;

    /** u64, when the picture was taken; 0 = unknown. */
    public static final int CAPTURE_TIME_OFFSET = SEQUENCE_OFFSET + Long.BYTES;

    /** u64, when the frame was committed. */
    public static final int COMMIT_TIME_OFFSET = CAPTURE_TIME_OFFSET + Long.BYTES;

    /** Offset of the frame header. */
    public static final int HEADER_OFFSET = COMMIT_TIME_OFFSET + Long.BYTES;

    /** Offset of the first payload byte. */
    public static final int PAYLOAD_OFFSET = HEADER_OFFSET + FrameHeaderLayout.HEADER_BYTES;

    /** Records begin at multiples of this, in bytes. */
    public static final int ALIGNMENT_BYTES = 64;

    /** The type of a record that fills the ring up to its end. */
    public static final int PADDING = 0;

    /** The type of a record with a frame. */
    public static final int FRAME = 1;

    private HistoryRecordLayout() {
    }

    /** The length of a record with that many payload bytes (u32), in bytes. */
    public static long recordBytes(long payloadBytes) {
        return (PAYLOAD_OFFSET + payloadBytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    }
}
