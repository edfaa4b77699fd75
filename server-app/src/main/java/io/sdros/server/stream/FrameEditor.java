package io.sdros.server.stream;

import io.sdros.server.bitstream.BitstreamCondition;
import io.sdros.server.bitstream.InOrderSets;
import io.sdros.server.bitstream.StreamInspector;
import io.sdros.shm.protocol.FrameCrc;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.FrameHeaderLayout;

/**
 * Makes of each frame what viewers get: its flag says what is in it, and a keyframe has its parameter sets. Frames that
 * are right as they are stay untouched and are not copied; a flag, the type of a picture, or the lengths of length-prefixed
 * units, are changed where they stand, which the frame allows whoever received it first. One thread.
 */
final class FrameEditor {

    private final StreamInspector inspector;
    private final boolean lowDelay;
    private final InOrderSets inOrderSets = new InOrderSets();
    private final FrameCrc crc = new FrameCrc();

    private byte[] array = {};
    private int headerOffset;
    private boolean linked;
    /** Decided at keyframes: an SPS that changes in between would be another stream to decoders. */
    private boolean toldInOrder;

    /**
     * @param insertSets whether keyframes get the parameter sets that they lack
     * @param lowDelay   whether an SPS is made to say that pictures come in order where that is true
     */
    FrameEditor(boolean insertSets, boolean lowDelay) {
        this.lowDelay = lowDelay;
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
     * @param severed whether viewers have not got the frames before it, though they got earlier ones
     */
    void edit(byte[] frame, int frameHeaderOffset, FrameHeader header, boolean severed) {
        array = frame;
        headerOffset = frameHeaderOffset;
        int payloadOffset = headerOffset + FrameHeaderLayout.HEADER_BYTES;
        int payloadBytes = frame.length - payloadOffset;
        int flags = header.flags();
        inspector.inspect(array, payloadOffset, payloadBytes, header.codec(), (flags & FrameFlags.KEYFRAME) != 0);
        int trueFlags = inspector.keyframe() ? flags | FrameFlags.KEYFRAME : flags & ~FrameFlags.KEYFRAME;
        int inserted = inspector.insertedBytes();
        if (inserted > 0) {
            byte[] larger = new byte[payloadOffset + payloadBytes + inserted];
            inspector.copyCompleted(array, payloadOffset, payloadBytes, larger, payloadOffset);
            array = larger;
        }
        if (inspector.keyframe()) {
            toldInOrder = lowDelay && inspector.inOrder();
        }
        // Without a sequence another encoder, or another codec, has begun since.
        if (toldInOrder && inspector.hasParameterSets() && inspector.sequence().isPresent()) {
            array = inOrderSets.in(array, payloadOffset);
        }
        boolean broken = severed && inspector.openKeyframe();
        if (broken) {
            StreamInspector.breakLink(array, payloadOffset);
        }
        linked = !broken && inspector.openKeyframe();
        if (array == frame && !inspector.converted() && !broken) {
            if (trueFlags != flags) {
                encode(header, payloadBytes, trueFlags, header.crc32());
            }
            return;
        }
        int sizeBytes = array.length - payloadOffset;
        encode(header, sizeBytes, trueFlags, crc.sum(array, payloadOffset, sizeBytes));
    }

    /** What of the last frame, as viewers get it, is worth a word: a set of {@link BitstreamCondition#bit}. */
    int conditions() {
        boolean toldOtherwise = lowDelay && inspector.inOrder();
        return toldOtherwise ? inspector.conditions() & ~BitstreamCondition.B_FRAMES.bit() : inspector.conditions();
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

    /** Whether frames behind it may refer to frames before it, though it is a keyframe. */
    boolean linked() {
        return linked;
    }

    /** Header and payload together, in bytes. */
    int lengthBytes() {
        return array.length - headerOffset;
    }
}
