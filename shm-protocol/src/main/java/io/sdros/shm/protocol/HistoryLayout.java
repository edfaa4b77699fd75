package io.sdros.shm.protocol;

/**
 * Where things are in a region file that has a history: the slot part, which is a frame region like any other
 * ({@link RegionLayout}), the ring of the last frames, and the descriptor, which is the last 4096 bytes of the file.
 * All integers are little-endian.
 *
 * <pre>
 *   byte           0        4        8        12       16
 *                0 +--------+--------+--------+--------+
 *                  | slot part, S bytes                |   {@link RegionLayout}
 *    ring offset   +--------+--------+--------+--------+   S rounded up to 4096
 *                  | ring, R bytes                     |   records, {@link HistoryRecordLayout}
 *                  +--------+--------+--------+--------+   ring offset + R
 *                  | descriptor, 4096 bytes            |
 *                  +--------+--------+--------+--------+   end of the file
 * </pre>
 *
 * The descriptor; offsets count from its first byte:
 *
 * <pre>
 *   byte   0        4        8        12       16
 *        0 +--------+--------+--------+--------+
 *          | "SDRHIST1"      | version|reserved|   u64, u32, u32
 *       16 +--------+--------+--------+--------+
 *          | S               | ring offset     |   u64, u64
 *       32 +--------+--------+--------+--------+
 *          | R               | epoch           |   u64, u64
 *       64 +--------+--------+--------+--------+
 *          | tail intent     |                     u64
 *      128 +--------+--------+--------+--------+
 *          | tail            |                     u64
 *      192 +--------+--------+--------+--------+
 *          | latest          |                     u64
 *      256 +--------+--------+--------+--------+
 *          | latest keyframe |                     u64
 *          +--------+--------+--------+--------+
 * </pre>
 *
 * R is a power of two. A position counts the bytes of all records, padding included, since the writer's start; the byte
 * with position p is at ring offset + (p mod R). What lies before tail intent - R may have been overwritten.
 */
public final class HistoryLayout {

    /** Length of the descriptor, the last bytes of the file. */
    public static final int DESCRIPTOR_BYTES = 4096;

    /** u64, offset of {@link #MAGIC} in the descriptor. */
    public static final int MAGIC_OFFSET = 0;

    /** u32, offset of {@link #VERSION} in the descriptor. */
    public static final int VERSION_OFFSET = MAGIC_OFFSET + Long.BYTES;

    /** u32, 0. */
    public static final int RESERVED_OFFSET = VERSION_OFFSET + Integer.BYTES;

    /** u64, bytes of the slot part: S. */
    public static final int SLOT_BYTES_OFFSET = RESERVED_OFFSET + Integer.BYTES;

    /** u64, where in the file the ring starts. */
    public static final int RING_OFFSET_OFFSET = SLOT_BYTES_OFFSET + Long.BYTES;

    /** u64, bytes of the ring: R. */
    public static final int RING_BYTES_OFFSET = RING_OFFSET_OFFSET + Long.BYTES;

    /** u64, random, not 0; another one at every start of a writer. */
    public static final int EPOCH_OFFSET = RING_BYTES_OFFSET + Long.BYTES;

    /** Distance of what is stored with every frame: each on a cache line of its own. */
    private static final int CACHE_LINE_BYTES = 64;

    /** u64, the position up to which the writer may be overwriting what was there a round before. */
    public static final int TAIL_INTENT_OFFSET = CACHE_LINE_BYTES;

    /** u64, the position behind the last committed record. */
    public static final int TAIL_OFFSET = TAIL_INTENT_OFFSET + CACHE_LINE_BYTES;

    /** u64, the position of the last committed record, or {@link #NONE}. */
    public static final int LATEST_OFFSET = TAIL_OFFSET + CACHE_LINE_BYTES;

    /** u64, the position of the last committed record whose frame is a keyframe, or {@link #NONE}. */
    public static final int LATEST_KEYFRAME_OFFSET = LATEST_OFFSET + CACHE_LINE_BYTES;

    /** Length of the part of the descriptor that has a meaning, in bytes; the rest is 0. */
    public static final int USED_BYTES = LATEST_KEYFRAME_OFFSET + Long.BYTES;

    /** The bytes {@code SDRHIST1}. */
    public static final long MAGIC = 0x3154_5349_4852_4453L;

    /** The version described here. */
    public static final int VERSION = 1;

    /** The position of what there is none of: 2^64 - 1. */
    public static final long NONE = -1;

    /** The smallest ring, in bytes. */
    public static final int MIN_RING_BYTES = 64 * 1024;

    /** The largest ring, in bytes. */
    public static final int MAX_RING_BYTES = 1 << 30;

    /** The ring's size where nobody says otherwise, in bytes. */
    public static final int DEFAULT_RING_BYTES = 8 * 1024 * 1024;

    /** The ring starts at a multiple of this, in bytes. */
    private static final int RING_ALIGNMENT_BYTES = 4096;

    /** A record longer than this part of the ring is not stored, so that the ring holds several frames. */
    private static final int RECORD_SHARE = 4;

    private HistoryLayout() {
    }

    /** Where the ring starts behind a slot part of that many bytes. */
    public static long ringOffset(long slotBytes) {
        return (slotBytes + RING_ALIGNMENT_BYTES - 1) & -RING_ALIGNMENT_BYTES;
    }

    /** Where the descriptor starts. */
    public static long descriptorOffset(long slotBytes, long ringBytes) {
        return ringOffset(slotBytes) + ringBytes;
    }

    /** The length of the whole file. */
    public static long fileBytes(long slotBytes, long ringBytes) {
        return descriptorOffset(slotBytes, ringBytes) + DESCRIPTOR_BYTES;
    }

    /** Whether a ring can have that size. */
    public static boolean isRingSize(long ringBytes) {
        return ringBytes >= MIN_RING_BYTES && ringBytes <= MAX_RING_BYTES && Long.bitCount(ringBytes) == 1;
    }

    /** The longest record that goes into a ring of that size, in bytes; longer frames are in the slot only. */
    public static long maxRecordBytes(long ringBytes) {
        return ringBytes / RECORD_SHARE;
    }
}
