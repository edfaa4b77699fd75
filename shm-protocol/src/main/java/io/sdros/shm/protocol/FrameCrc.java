package io.sdros.shm.protocol;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * The checksum in the header: zlib's CRC-32 of the payload, kept as the {@code int} with the same four bytes.
 *
 * <p>An instance can be used again and again without allocating, by one thread at a time. Payloads are taken from arrays: a
 * mapped file could lose its memory while it is summed.
 */
public final class FrameCrc {

    private final CRC32 crc;

    /** Makes one to be used by one thread at a time. */
    public FrameCrc() {
        crc = new CRC32();
    }

    /** Sums the bytes from the buffer's position to its limit; neither moves. */
    public static int of(ByteBuffer payload) {
        CRC32 crc = new CRC32();
        crc.update(payload.duplicate());
        return (int) crc.getValue();
    }

    /**
     * Sums part of an array.
     *
     * @throws IndexOutOfBoundsException if the part is not within the array
     */
    public int sum(byte[] bytes, int offset, int lengthBytes) {
        crc.reset();
        crc.update(bytes, offset, lengthBytes);
        return (int) crc.getValue();
    }
}
