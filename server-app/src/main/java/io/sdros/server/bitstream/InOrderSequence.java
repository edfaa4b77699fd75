package io.sdros.server.bitstream;

import java.util.Arrays;
import java.util.Optional;

/**
 * Makes an SPS of H.264 say that pictures come in the order in which they are shown ({@code max_num_reorder_frames} 0 in
 * E.1.1). Where that is not said, decoders hold pictures back for others that may have to be shown earlier. To be used
 * again and again, of one stream; one thread.
 */
final class InOrderSequence {

    private static final int MOTION_VECTOR_BITS = 15;

    private final Rbsp bits = new Rbsp();
    private byte[] from = {};
    private Optional<byte[]> to = Optional.empty();

    /**
     * The SPS that begins and ends there, changed; empty if it says so already, or is not understood. What it says else
     * stays as it is. Allocates only if it is another one than last time.
     */
    Optional<byte[]> of(byte[] array, int start, int end) {
        if (!Arrays.equals(from, 0, from.length, array, start, end)) {
            from = Arrays.copyOfRange(array, start, end);
            to = changed();
        }
        return to;
    }

    private Optional<byte[]> changed() {
        H264Sequence sequence = new H264Sequence(bits.over(from, 1, from.length));
        Optional<SequenceInfo> info = sequence.read();
        if (info.isEmpty() || info.get().inOrder()) {
            return Optional.empty();
        }
        RbspWriter writer = new RbspWriter().header(from[0]);
        bits.over(from, 1, from.length);
        if (info.get().reorders()) {
            writer.bitsOf(bits, sequence.reorderFramesAt()).code(0).code(sequence.bufferedFrames());
        } else if (sequence.restrictionFlagAt() > 0) {
            writer.bitsOf(bits, sequence.restrictionFlagAt());
            putRestriction(writer, sequence.referenceFrames());
        } else {
            writer.bitsOf(bits, sequence.usabilityFlagAt()).flag(true);
            // Of what can be said nothing is, up to the restriction.
            for (int i = 0; i < 8; i++) {
                writer.flag(false);
            }
            putRestriction(writer, sequence.referenceFrames());
        }
        return Optional.of(writer.end());
    }

    /** What holds where it is not said, but for the order, and for the buffer: it need hold no more than is referred to. */
    private static void putRestriction(RbspWriter writer, int referenceFrames) {
        writer.flag(true).flag(true).code(2).code(1).code(MOTION_VECTOR_BITS).code(MOTION_VECTOR_BITS).code(0)
                .code(referenceFrames);
    }
}
