package io.sdros.shm.protocol;

import static io.sdros.shm.protocol.FrameHeaderLayout.HEADER_BYTES;
import static io.sdros.shm.protocol.RegionLayout.HEADER_OFFSET;
import static io.sdros.shm.protocol.RegionLayout.PAYLOAD_OFFSET;
import static io.sdros.shm.protocol.RegionLayout.SEQUENCE_OFFSET;
import static io.sdros.shm.protocol.RegionLayout.WRITE_LENGTH_OFFSET;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A frame region in memory, with the memory orderings that make it safe to share. The words used for orderings are
 * fixed in the package page.
 *
 * <p>An instance holds no state but the buffer: any number of threads may read through it; one thread at a time may
 * use the storing methods. If the region is a mapped file and the file shrinks, every method may throw
 * {@link InternalError}, at once or, from compiled code, a little later in the same thread; values returned meanwhile
 * are garbage.
 */
public final class RegionBuffer {

    private static final VarHandle LONG =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ARRAY_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer region;

    private RegionBuffer(ByteBuffer region) {
        this.region = region;
    }

    /**
     * A view of the whole buffer, from index 0 to its capacity.
     *
     * @param region a direct or mapped buffer: only those can be accessed with ordering on every JDK
     * @throws IllegalArgumentException if the buffer is not direct, does not start at a multiple of 8 bytes, or is
     *                                  smaller than {@link RegionLayout#MIN_REGION_BYTES}
     */
    public static RegionBuffer of(ByteBuffer region) {
        if (!region.isDirect() || region.alignmentOffset(0, Long.BYTES) != 0) {
            throw new IllegalArgumentException("a region is a direct buffer aligned to 8 bytes");
        }
        if (region.capacity() < RegionLayout.MIN_REGION_BYTES) {
            throw new IllegalArgumentException("a region has at least " + RegionLayout.MIN_REGION_BYTES
                    + " bytes, not " + region.capacity());
        }
        ByteBuffer whole = region.duplicate();
        whole.clear();
        return new RegionBuffer(whole);
    }

    /** Size of the region in bytes. */
    public int capacityBytes() {
        return region.capacity();
    }

    /** The largest payload that fits, in bytes. */
    public int maxPayloadBytes() {
        return RegionLayout.maxPayloadBytes(region.capacity());
    }

    /** Whether a write length (u64) is one a frame in this region can have. */
    public boolean holds(long writeLength) {
        return Long.compareUnsigned(writeLength, HEADER_BYTES) >= 0
                && Long.compareUnsigned(writeLength, region.capacity() - HEADER_OFFSET) <= 0;
    }

    // Reading

    /** The commit sequence (u64). Acquire: pairs with the release store in {@link #commitRelease}. */
    public long sequenceAcquire() {
        return (long) LONG.getAcquire(region, SEQUENCE_OFFSET);
    }

    /**
     * The write length (u64), not bounded yet: see {@link #holds}. Acquire, so that the copy that follows starts
     * after it.
     */
    public long writeLengthAcquire() {
        return (long) LONG.getAcquire(region, WRITE_LENGTH_OFFSET);
    }

    /**
     * Copies header and payload as they are now, possibly torn. Plain: {@link #unchangedSince} tells afterwards.
     *
     * @param lengthBytes a write length that {@link #holds}
     * @throws IndexOutOfBoundsException if the bytes are not within the region or the target
     */
    public void copyFrame(byte[] target, int targetOffset, int lengthBytes) {
        region.get(HEADER_OFFSET, target, targetOffset, lengthBytes);
    }

    /**
     * Whether sequence, write length and the 32 header bytes still are what was read before a copy was made.
     *
     * @param frameCopy       holds the header that was copied
     * @param frameCopyOffset where that header starts
     */
    public boolean unchangedSince(long sequence, long writeLength, byte[] frameCopy, int frameCopyOffset) {
        // Keeps the loads below after those of the copy. Pairs with the fence in markInProgress: a copy that holds
        // bytes stored after that fence is followed by loads that see the mark stored before it, or a later length.
        VarHandle.acquireFence();
        if ((long) LONG.getOpaque(region, SEQUENCE_OFFSET) != sequence
                // Acquire: pairs with the release store of the length in commitRelease. A later frame may be just as
                // long; then its header must be what the loads below see.
                || (long) LONG.getAcquire(region, WRITE_LENGTH_OFFSET) != writeLength) {
            return false;
        }
        for (int i = 0; i < HEADER_BYTES; i += Long.BYTES) {
            if ((long) LONG.getOpaque(region, HEADER_OFFSET + i)
                    != (long) ARRAY_LONG.get(frameCopy, frameCopyOffset + i)) {
                return false;
            }
        }
        return true;
    }

    /** The header bytes as they are now, possibly torn: good for noticing a change, not for using what they say. */
    public FrameHeader header() {
        return FrameHeader.decode(region, HEADER_OFFSET);
    }

    // Storing

    /** Says that nothing has been committed: sequence 0, then write length 0. */
    public void clear() {
        LONG.setRelease(region, SEQUENCE_OFFSET, 0L);
        LONG.setRelease(region, WRITE_LENGTH_OFFSET, 0L);
    }

    /** Marks the frame in the region as being replaced; to be called before its header or payload is touched. */
    public void markInProgress() {
        LONG.setOpaque(region, WRITE_LENGTH_OFFSET, 0L);
        // No byte of the next frame is visible before the mark. Pairs with the acquire fence in unchangedSince. A full
        // fence, though release is what the memory model asks for: large copies may use streaming stores, which x86
        // does not keep behind earlier stores. It costs some 20 ns per frame.
        VarHandle.fullFence();
    }

    /** Stores the header. Plain: ordered by {@link #markInProgress} before and {@link #commitRelease} after. */
    public void putHeader(FrameHeader header) {
        header.encode(region, HEADER_OFFSET);
    }

    /**
     * Stores the payload from the source's position to its limit; neither moves. Plain: ordered by
     * {@link #markInProgress} before and {@link #commitRelease} after.
     *
     * @throws IndexOutOfBoundsException if the payload does not fit
     */
    public void putPayload(ByteBuffer payload) {
        region.put(PAYLOAD_OFFSET, payload, payload.position(), payload.remaining());
    }

    /**
     * Commits: the write length, after header and payload; then the sequence, after the write length.
     *
     * @param writeLength bytes of header and payload
     * @param sequence    one more than the last one committed
     */
    public void commitRelease(long writeLength, long sequence) {
        // Release against the stores of header and payload: whoever sees this length sees the frame it belongs to.
        LONG.setRelease(region, WRITE_LENGTH_OFFSET, writeLength);
        // Pairs with the acquire load in sequenceAcquire.
        LONG.setRelease(region, SEQUENCE_OFFSET, sequence);
    }
}
