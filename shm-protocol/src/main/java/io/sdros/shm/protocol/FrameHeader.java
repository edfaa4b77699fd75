package io.sdros.shm.protocol;

import static io.sdros.shm.protocol.FrameHeaderLayout.CODEC_OFFSET;
import static io.sdros.shm.protocol.FrameHeaderLayout.CRC32_OFFSET;
import static io.sdros.shm.protocol.FrameHeaderLayout.FLAGS_OFFSET;
import static io.sdros.shm.protocol.FrameHeaderLayout.FRAME_ID_OFFSET;
import static io.sdros.shm.protocol.FrameHeaderLayout.FRAME_SEQ_OFFSET;
import static io.sdros.shm.protocol.FrameHeaderLayout.RESERVED_OFFSET;
import static io.sdros.shm.protocol.FrameHeaderLayout.SIZE_OFFSET;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The 32 bytes in front of a payload, decoded. Two headers are equal exactly when their 32 bytes are.
 *
 * @param frameId   u64, chosen by the producer
 * @param frameSeq  u64, one more for every frame written
 * @param sizeBytes u32, payload bytes
 * @param flags     u16, {@link FrameFlags}; unknown bits pass through
 * @param codec     u16, {@link Codecs}; unknown values pass through
 * @param crc32     the four CRC bytes; see {@link FrameCrc}
 * @param reserved  the four reserved bytes, written as 0
 */
public record FrameHeader(
        long frameId, long frameSeq, long sizeBytes, int flags, int codec, int crc32, int reserved) {

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MAX_U32 = 0xFFFF_FFFFL;
    private static final int MAX_U16 = 0xFFFF;

    /**
     * @throws IllegalArgumentException if size, flags or codec do not fit their fields
     */
    public FrameHeader {
        check("sizeBytes", sizeBytes, MAX_U32);
        check("flags", flags, MAX_U16);
        check("codec", codec, MAX_U16);
    }

    private static void check(String field, long value, long max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(field + " must be 0 to " + max + ", not " + value);
        }
    }

    /**
     * Reads the 32 bytes at {@code offset}, whatever the buffer's byte order; its position does not move.
     *
     * @throws IndexOutOfBoundsException if fewer than 32 bytes follow the offset
     */
    public static FrameHeader decode(ByteBuffer buffer, int offset) {
        byte[] bytes = new byte[FrameHeaderLayout.HEADER_BYTES];
        buffer.get(offset, bytes);
        return decode(bytes, 0);
    }

    /**
     * Reads the 32 bytes at {@code offset}.
     *
     * @throws IndexOutOfBoundsException if fewer than 32 bytes follow the offset
     */
    public static FrameHeader decode(byte[] bytes, int offset) {
        return new FrameHeader(
                (long) LONG.get(bytes, offset + FRAME_ID_OFFSET),
                (long) LONG.get(bytes, offset + FRAME_SEQ_OFFSET),
                Integer.toUnsignedLong((int) INT.get(bytes, offset + SIZE_OFFSET)),
                Short.toUnsignedInt((short) SHORT.get(bytes, offset + FLAGS_OFFSET)),
                Short.toUnsignedInt((short) SHORT.get(bytes, offset + CODEC_OFFSET)),
                (int) INT.get(bytes, offset + CRC32_OFFSET),
                (int) INT.get(bytes, offset + RESERVED_OFFSET));
    }

    /**
     * Stores the 32 bytes at {@code offset}, whatever the buffer's byte order; its position does not move.
     *
     * @throws IndexOutOfBoundsException if fewer than 32 bytes follow the offset
     */
    public void encode(ByteBuffer buffer, int offset) {
        byte[] bytes = new byte[FrameHeaderLayout.HEADER_BYTES];
        encode(bytes, 0);
        buffer.put(offset, bytes);
    }

    /**
     * Stores the 32 bytes at {@code offset}.
     *
     * @throws IndexOutOfBoundsException if fewer than 32 bytes follow the offset
     */
    public void encode(byte[] bytes, int offset) {
        LONG.set(bytes, offset + FRAME_ID_OFFSET, frameId);
        LONG.set(bytes, offset + FRAME_SEQ_OFFSET, frameSeq);
        INT.set(bytes, offset + SIZE_OFFSET, (int) sizeBytes);
        SHORT.set(bytes, offset + FLAGS_OFFSET, (short) flags);
        SHORT.set(bytes, offset + CODEC_OFFSET, (short) codec);
        INT.set(bytes, offset + CRC32_OFFSET, crc32);
        INT.set(bytes, offset + RESERVED_OFFSET, reserved);
    }

    /** Whether a decoder can start with this frame; see {@link FrameFlags#isKeyframe}. */
    public boolean keyframe() {
        return FrameFlags.isKeyframe(flags, codec);
    }
}
