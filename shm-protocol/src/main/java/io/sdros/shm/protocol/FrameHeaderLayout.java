package io.sdros.shm.protocol;

/**
 * Where things are in a frame header; offsets count from the header's first byte. All integers are little-endian
 * (Python's {@code struct} format {@code <QQIHHiI}).
 *
 * <pre>
 *   byte   0        4        8        12       16
 *        0 +--------+--------+--------+--------+
 *          | frame_id        | frame_seq       |   u64, u64
 *       16 +--------+---+----+--------+--------+
 *          | size   |flg|cod | crc32  |reserved|   u32, u16, u16, i32, u32
 *       32 +--------+---+----+--------+--------+
 * </pre>
 */
public final class FrameHeaderLayout {

    /** u64, chosen by the producer; passed through. */
    public static final int FRAME_ID_OFFSET = 0;

    /** u64, one more for every frame written. */
    public static final int FRAME_SEQ_OFFSET = FRAME_ID_OFFSET + Long.BYTES;

    /** u32, payload bytes. */
    public static final int SIZE_OFFSET = FRAME_SEQ_OFFSET + Long.BYTES;

    /** u16, {@link FrameFlags}. */
    public static final int FLAGS_OFFSET = SIZE_OFFSET + Integer.BYTES;

    /** u16, {@link Codecs}. */
    public static final int CODEC_OFFSET = FLAGS_OFFSET + Short.BYTES;

    /** i32, {@link FrameCrc} of the payload. */
    public static final int CRC32_OFFSET = CODEC_OFFSET + Short.BYTES;

    /** u32, 0. */
    public static final int RESERVED_OFFSET = CRC32_OFFSET + Integer.BYTES;

    /** Length of the header in bytes. */
    public static final int HEADER_BYTES = RESERVED_OFFSET + Integer.BYTES;

    private FrameHeaderLayout() {
    }
}
