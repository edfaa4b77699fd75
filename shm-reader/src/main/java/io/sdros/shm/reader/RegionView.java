package io.sdros.shm.reader;

import static io.sdros.shm.protocol.FrameHeaderLayout.HEADER_BYTES;
import static io.sdros.shm.protocol.RegionLayout.HEADER_OFFSET;
import static io.sdros.shm.protocol.RegionLayout.SEQUENCE_OFFSET;
import static io.sdros.shm.protocol.RegionLayout.WRITE_LENGTH_OFFSET;

import io.sdros.shm.protocol.FrameHeader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * A region as a reader sees it: two looks, and a copy between them, in that order for everybody.
 *
 * <p>The order is made by acquire fences between the copies, on every processor. A copy is made by the kernel, but by its
 * loads on this processor, in the order of the calls; a fence orders all loads before it, whoever's code they are part
 * of, before all that follow. Nothing is ordered within one copy, and a number that is stored meanwhile may be copied
 * in halves; what must be ordered is copied by separate calls, and what is used has been found twice.
 */
final class RegionView {

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int HEAD_BYTES = HEADER_OFFSET;

    private final RegionSource source;
    /** Sequence and write length, and where a header goes that is only compared. */
    private final byte[] head = new byte[HEAD_BYTES];
    private final byte[] header = new byte[HEADER_BYTES];
    private long sizeBytes;

    RegionView(RegionSource source) {
        this.source = source;
        this.sizeBytes = source.sizeBytes();
    }

    /** Copies sequence and write length; whether they are there. */
    boolean look() {
        boolean whole = source.copy(SEQUENCE_OFFSET, head, 0, HEAD_BYTES) == HEAD_BYTES;
        // Pairs with the writer's fences before its stores of length and sequence: what is copied below is the frame
        // of this sequence, or a later one.
        VarHandle.acquireFence();
        return whole;
    }

    /** The commit sequence (u64) of the last look. */
    long sequence() {
        return (long) LONG.get(head, SEQUENCE_OFFSET);
    }

    /** The write length (u64) of the last look, not bounded yet: see {@link #holds}. */
    long writeLength() {
        return (long) LONG.get(head, WRITE_LENGTH_OFFSET);
    }

    /** Whether a write length (u64) is one a frame in this region can have. */
    boolean holds(long writeLength) {
        if (Long.compareUnsigned(writeLength, HEADER_BYTES) < 0
                || Long.compareUnsigned(writeLength, Integer.MAX_VALUE) > 0) {
            return false;
        }
        if (writeLength > sizeBytes - HEADER_OFFSET) {
            // Perhaps it has grown.
            sizeBytes = source.sizeBytes();
        }
        return writeLength <= sizeBytes - HEADER_OFFSET;
    }

    /**
     * Copies header and payload as they are now, possibly torn: {@link #unchangedSince} tells afterwards.
     *
     * @return whether all of it was there
     */
    boolean copyFrame(byte[] target, int targetOffset, int lengthBytes) {
        boolean whole = source.copy(HEADER_OFFSET, target, targetOffset, lengthBytes) == lengthBytes;
        if (!whole) {
            sizeBytes = source.sizeBytes();
        }
        return whole;
    }

    /**
     * Looks again: whether sequence, write length and the 32 header bytes still are what they were when the copy was
     * made.
     *
     * @param frameCopy       holds the header that was copied
     * @param frameCopyOffset where that header starts
     */
    boolean unchangedSince(long sequence, long writeLength, byte[] frameCopy, int frameCopyOffset) {
        // Keeps this look after the copy. Pairs with the writer's fence after its mark: a copy that holds bytes stored
        // after that fence is followed by a look that finds the mark stored before it, or a later length.
        VarHandle.acquireFence();
        // look() ends with another fence, which pairs with the one before the writer's store of the length. A later
        // frame may be just as long; then its header is what is copied below.
        if (!look() || sequence() != sequence || writeLength() != writeLength) {
            return false;
        }
        return source.copy(HEADER_OFFSET, header, 0, HEADER_BYTES) == HEADER_BYTES
                && Arrays.equals(header, 0, HEADER_BYTES, frameCopy, frameCopyOffset, frameCopyOffset + HEADER_BYTES);
    }

    /**
     * Whether the region reaches as far as a frame whose copy was found {@link #unchangedSince}. A file that is being cut
     * short somewhere in the payload gets its new size first, and then the kernel fills with zeros what a copy may be in
     * the middle of.
     */
    boolean reaches(long writeLength) {
        // Keeps the size after the copy.
        VarHandle.acquireFence();
        return source.sizeBytes() - HEADER_OFFSET >= writeLength;
    }

    /** The header as it is now, possibly torn: good for noticing a change, not for using what it says. */
    Optional<FrameHeader> header() {
        return source.copy(HEADER_OFFSET, header, 0, HEADER_BYTES) == HEADER_BYTES
                ? Optional.of(FrameHeader.decode(header, 0))
                : Optional.empty();
    }
}
