package io.sdros.shm.protocol;

/**
 * Where things are in a frame region. All integers are little-endian.
 *
 * <pre>
 *   byte    0        4        8        12       16
 *         0 +--------+--------+--------+--------+
 *           | commit sequence | write length    |   u64, u64
 *        16 +--------+--------+--------+--------+
 *           | frame header, 32 bytes            |   {@link FrameHeaderLayout}
 *           |                                   |
 *        48 +--------+--------+--------+--------+
 *           | payload, (write length - 32) bytes
 *           | ...
 *           +--------+--------+--------+--------+   end of the region
 * </pre>
 *
 * The commit sequence is 0 until the first frame is committed and is stored last. The write length counts header and
 * payload of the committed frame; 0 marks a frame being replaced (by writers that give that mark).
 */
public final class RegionLayout {

    /** u64, offset of the commit sequence in bytes. */
    public static final int SEQUENCE_OFFSET = 0;

    /** u64, offset of the write length in bytes. */
    public static final int WRITE_LENGTH_OFFSET = SEQUENCE_OFFSET + Long.BYTES;

    /** Offset of the frame header in bytes. */
    public static final int HEADER_OFFSET = WRITE_LENGTH_OFFSET + Long.BYTES;

    /** Offset of the first payload byte. */
    public static final int PAYLOAD_OFFSET = HEADER_OFFSET + FrameHeaderLayout.HEADER_BYTES;

    /** The smallest region that can hold a frame (one without payload), in bytes. */
    public static final int MIN_REGION_BYTES = PAYLOAD_OFFSET;

    /** The size writers and readers agree on when nobody says otherwise, in bytes. */
    public static final int DEFAULT_REGION_BYTES = 4 * 1024 * 1024;

    private RegionLayout() {
    }

    /**
     * The largest payload a region of the given size can hold, in bytes.
     *
     * @throws IllegalArgumentException if the region is smaller than {@link #MIN_REGION_BYTES}
     */
    public static int maxPayloadBytes(long regionBytes) {
        if (regionBytes < MIN_REGION_BYTES) {
            throw new IllegalArgumentException(
                    "regionBytes must be at least " + MIN_REGION_BYTES + ", not " + regionBytes);
        }
        return (int) Math.min(regionBytes, Integer.MAX_VALUE) - PAYLOAD_OFFSET;
    }
}
