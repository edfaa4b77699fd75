package io.sdros.shm.reader;

import io.sdros.shm.protocol.FrameCrc;
import io.sdros.shm.protocol.FrameHeaderLayout;

/** Whether payloads are what the CRC in their headers was made from, and what is known of those that were not. One thread. */
final class CrcCheck {

    private final boolean enabled;
    private final FrameCrc crc = new FrameCrc();
    private boolean mismatchSeen;
    private boolean nonZeroMismatched;

    CrcCheck(boolean enabled) {
        this.enabled = enabled;
    }

    boolean enabled() {
        return enabled;
    }

    /** Whether the payload of the frame in the memory has that CRC. */
    boolean matches(FrameMemory memory, int payloadBytes, int expected) {
        return crc.sum(memory.array(), memory.headroomBytes() + FrameHeaderLayout.HEADER_BYTES, payloadBytes) == expected;
    }

    /** Takes note of a payload that has another CRC than its header says. */
    ReadOutcome mismatch(int expected) {
        mismatchSeen = true;
        nonZeroMismatched |= expected != 0;
        return ReadOutcome.CRC_MISMATCH;
    }

    /** Whether every CRC that did not match so far was 0, as writers with CRC off store it. */
    boolean likelyOff() {
        return mismatchSeen && !nonZeroMismatched;
    }
}
