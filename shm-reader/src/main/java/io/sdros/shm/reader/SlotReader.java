package io.sdros.shm.reader;

import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.FrameHeaderLayout;

/**
 * Copies the frame in the slot, and finds out whether the writer was at work meanwhile. What its number says is for
 * {@link FrameReader} to judge. One thread.
 */
final class SlotReader {

    private final FrameMemory memory;
    private final CrcCheck crc;
    private final InFlightGuard inFlight = new InFlightGuard();
    private boolean cutShort;
    /** Null until a frame was read: an Optional would be garbage with every frame. */
    private FrameHeader header;

    SlotReader(FrameMemory memory, CrcCheck crc) {
        this.memory = memory;
        this.crc = crc;
    }

    /**
     * Copies the frame into the memory.
     *
     * @param source    looked at just now
     * @param sequence  what that look found
     * @param seenNanos when it was
     * @return {@link ReadOutcome#FRAME} if it is whole
     */
    ReadOutcome read(RegionView source, long sequence, long seenNanos) {
        cutShort = false;
        long writeLength = source.writeLength();
        if (!source.holds(writeLength)) {
            return ReadOutcome.INVALID_LENGTH;
        }
        int lengthBytes = (int) writeLength;
        if (!memory.possible(lengthBytes)) {
            return ReadOutcome.INVALID_LENGTH;
        }
        if (!memory.provide(lengthBytes, seenNanos)) {
            return ReadOutcome.OUT_OF_MEMORY;
        }
        byte[] copy = memory.array();
        int headroomBytes = memory.headroomBytes();
        if (!source.copyFrame(copy, headroomBytes, lengthBytes)) {
            cutShort = true;
            return ReadOutcome.TORN_READ;
        }
        if (!source.unchangedSince(sequence, writeLength, copy, headroomBytes)) {
            return ReadOutcome.TORN_READ;
        }
        header = FrameHeader.decode(copy, headroomBytes);
        int payloadBytes = lengthBytes - FrameHeaderLayout.HEADER_BYTES;
        if (header.sizeBytes() != payloadBytes) {
            return ReadOutcome.BAD_HEADER;
        }
        if (crc.enabled()) {
            if (!crc.matches(memory, payloadBytes, header.crc32())) {
                // A copy that was cut short fails its CRC; what the copy is taken for depends on the region's end.
                return ends(source, writeLength) ? ReadOutcome.TORN_READ : crc.mismatch(header.crc32());
            }
        } else if (ends(source, writeLength) || !inFlight.committed(sequence, header.frameSeq(), seenNanos)) {
            return ReadOutcome.TORN_READ;
        }
        return ReadOutcome.FRAME;
    }

    private boolean ends(RegionView source, long writeLength) {
        cutShort = !source.reaches(writeLength);
        return cutShort;
    }

    /** The header of the frame read last. */
    FrameHeader header() {
        return header;
    }

    /** Whether the last read found less in the region than it says there is. */
    boolean cutShort() {
        return cutShort;
    }

    /** The frame read last was given up. */
    void gaveUp() {
        inFlight.gaveUp();
    }

    /** Another writer. */
    void forgetWriter() {
        inFlight.forget();
    }
}
