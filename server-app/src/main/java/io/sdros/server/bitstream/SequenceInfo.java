package io.sdros.server.bitstream;

import java.util.OptionalInt;

/**
 * What an SPS says of the pictures of its sequence.
 *
 * @param codec         a value of {@link io.sdros.shm.protocol.Codecs}
 * @param id            of the SPS
 * @param profile       {@code profile_idc}
 * @param level         {@code level_idc}: ten times the level in H.264, thirty times in HEVC
 * @param width         pixels that are shown
 * @param height        pixels that are shown
 * @param chroma        {@code chroma_format_idc}: 0 none, 1 4:2:0, 2 4:2:2, 3 4:4:4
 * @param bitDepth      the larger of those of luma and chroma
 * @param sarWidth      the width of a pixel, beside {@code sarHeight}; 0 when it is not said
 * @param sarHeight     see {@code sarWidth}; 0 when it is not said
 * @param reorderFrames how many pictures may be decoded before one that is shown earlier; absent when it is not said
 * @param frames        whether all pictures are whole frames, none a field
 * @param subLayers     into how many temporal layers HEVC divides them at most; 1 in H.264, which says it of each picture
 */
public record SequenceInfo(int codec, int id, int profile, int level, int width, int height,
        int chroma, int bitDepth, int sarWidth, int sarHeight, OptionalInt reorderFrames, boolean frames,
        int subLayers) {

    private static final OptionalInt IN_ORDER = OptionalInt.of(0);
    private static final int BITS_OF_ALL_BROWSERS = 8;

    /** Whether decoders in browsers often refuse it: more than 8 bits, or more colour than 4:2:0. */
    public boolean refusedByMany() {
        return chroma > 1 || bitDepth > BITS_OF_ALL_BROWSERS;
    }

    /** Whether it says that pictures are sent in the order in which they are shown. */
    public boolean inOrder() {
        return reorderFrames.equals(IN_ORDER);
    }

    /** Whether it says that pictures are sent in another order than they are shown. */
    public boolean reorders() {
        return reorderFrames.orElse(0) > 0;
    }
}
