package io.sdros.server.stream;

import io.sdros.server.bitstream.StreamInspector;
import io.sdros.shm.protocol.FrameCrc;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.FrameHeaderLayout;

/**
 * Makes of each frame what viewers get: its flag says what is in it, and a keyframe has its parameter sets. Frames that
 * are right as they are stay untouched and are not copied; a flag, or the lengths of length-prefixed units, are changed
 * where they stand, which the frame allows whoever received it first. One thread.
 */
final class FrameEditor {

    private final StreamInspector inspector;
    private final FrameCrc crc = new FrameCrc();

    private byte[] array = {};
    private int headerOffset;

    /** @param insertSets whether keyframes get the parameter sets that they lack */
    FrameEditor(boolean insertSets) {
        inspector = new StreamInspector(insertSets);
    }

    /** What is known of the stream up to the last frame. */
    StreamInspector inspector() {
        return inspector;
    }

    /**
     * Looks at a frame and changes what has to be; the result is in {@link #array}.
     *
     * @param frame  spare bytes, header and payload, and nothing behind it
     * @param header decoded; its size is that of the payload
     */
    void edit(byte[] frame, int frameHeaderOffset, FrameHeader header) {
        array = frame;
        headerOffset = frameHeaderOffset;
        int payloadOffset = headerOffset + FrameHeaderLayout.HEADER_BYTES;
        int payloadBytes = frame.length - payloadOffset;
        int flags = header.flags();
        inspector.inspect(array, payloadOffset, payloadBytes, header.codec(), (flags & FrameFlags.KEYFRAME) != 0);
        int trueFlags = inspector.keyframe() ? flags | FrameFlags.KEYFRAME : flags & ~FrameFlags.KEYFRAME;
        int inserted = inspector.insertedBytes();
        if (inserted == 0 && !inspector.converted()) {
            if (trueFlags != flags) {
                encode(header, payloadBytes, trueFlags, header.crc32());
            }
            return;
        }
        int sizeBytes = payloadBytes + inserted;
        if (inserted > 0) {
            byte[] larger = new byte[payloadOffset + sizeBytes];
            inspector.copyCompleted(array, payloadOffset, payloadBytes, larger, payloadOffset);
            array = larger;
        }
        encode(header, sizeBytes, trueFlags, crc.sum(array, payloadOffset, sizeBytes));
    }

    private void encode(FrameHeader header, int sizeBytes, int flags, int crc32) {
        new FrameHeader(header.frameId(), header.frameSeq(), sizeBytes, flags, header.codec(), crc32,
                header.reserved()).encode(array, headerOffset);
    }

    /** Spare bytes, header and payload of the last frame as viewers get it. */
    byte[] array() {
        return array;
    }

    /** Where its header begins. */
    int headerOffset() {
        return headerOffset;
    }

    /** Header and payload together, in bytes. */
    int lengthBytes() {
        return array.length - headerOffset;
    }
}
