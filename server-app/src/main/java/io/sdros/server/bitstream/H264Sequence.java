package io.sdros.server.bitstream;

import io.sdros.shm.protocol.Codecs;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads an SPS of H.264 (7.3.2.1.1 and E.1.1), in its order. */
final class H264Sequence {

    private static final int MACROBLOCK = 16;
    private static final int MOST_BIT_DEPTH_MINUS_8 = 6;
    private static final int MOST_CYCLE = 255;
    private static final int MOST_CODED_SIZE = 1 << 16;
    private static final int MOST_HRD = 31;
    private static final int MOST_REORDER = 16;
    private static final int COLOUR_444 = 3;

    private final Rbsp bits;
    private int chroma = 1;
    private int chromaArray = 1;
    private int bitDepth = 8;
    private PixelShape pixel = PixelShape.UNKNOWN;
    private OptionalInt reorderFrames = OptionalInt.empty();
    private int referenceFrames;
    private int usabilityFlagAt;
    private int restrictionFlagAt;
    private int reorderFramesAt;
    private int bufferedFrames;

    H264Sequence(Rbsp bits) {
        this.bits = bits;
    }

    Optional<SequenceInfo> read() {
        int profile = bits.bits(8);
        bits.skip(8);
        int level = bits.bits(8);
        int id = bits.code(ParameterSets.MOST_SPS - 1);
        if (hasChroma(profile)) {
            readChroma();
        }
        bits.code(12);
        readOrderCounts();
        referenceFrames = bits.code(MOST_REORDER);
        bits.skip(1);
        int widthUnits = bits.code(MOST_CODED_SIZE) + 1;
        int heightUnits = bits.code(MOST_CODED_SIZE) + 1;
        boolean frames = bits.flag();
        if (!frames) {
            bits.skip(1);
        }
        bits.skip(1);
        int fields = frames ? 1 : 2;
        long width = (long) widthUnits * MACROBLOCK;
        long height = (long) heightUnits * MACROBLOCK * fields;
        if (bits.flag()) {
            int unitX = chromaArray == 1 || chromaArray == 2 ? 2 : 1;
            int unitY = (chromaArray == 1 ? 2 : 1) * fields;
            width -= (long) unitX * ((long) bits.code(MOST_CODED_SIZE) + bits.code(MOST_CODED_SIZE));
            height -= (long) unitY * ((long) bits.code(MOST_CODED_SIZE) + bits.code(MOST_CODED_SIZE));
        }
        usabilityFlagAt = bits.bitsRead();
        if (bits.flag()) {
            readUsability();
        }
        if (!bits.intact() || width <= 0 || height <= 0 || width > MOST_CODED_SIZE || height > MOST_CODED_SIZE) {
            return Optional.empty();
        }
        return Optional.of(new SequenceInfo(Codecs.H264, id, profile, level, (int) width, (int) height, chroma, bitDepth,
                pixel.width(), pixel.height(), reorderFrames, frames, 1));
    }

    /** {@code max_num_ref_frames}; after {@link #read}, as what follows. */
    int referenceFrames() {
        return referenceFrames;
    }

    /** Before which bit of the content {@code vui_parameters_present_flag} stands. */
    int usabilityFlagAt() {
        return usabilityFlagAt;
    }

    /** Before which bit {@code bitstream_restriction_flag} stands; 0 if there is none. */
    int restrictionFlagAt() {
        return restrictionFlagAt;
    }

    /** Before which bit {@code max_num_reorder_frames} stands; 0 if it is not there. */
    int reorderFramesAt() {
        return reorderFramesAt;
    }

    /** {@code max_dec_frame_buffering}; 0 if it is not there. */
    int bufferedFrames() {
        return bufferedFrames;
    }

    private static boolean hasChroma(int profile) {
        return switch (profile) {
            case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> true;
            default -> false;
        };
    }

    private void readChroma() {
        chroma = bits.code(COLOUR_444);
        boolean separatePlanes = chroma == COLOUR_444 && bits.flag();
        chromaArray = separatePlanes ? 0 : chroma;
        int luma = bits.code(MOST_BIT_DEPTH_MINUS_8);
        bitDepth = 8 + Math.max(luma, bits.code(MOST_BIT_DEPTH_MINUS_8));
        bits.skip(1);
        if (bits.flag()) {
            int lists = chroma == COLOUR_444 ? 12 : 8;
            for (int i = 0; i < lists; i++) {
                if (bits.flag()) {
                    skipScalingList(i < 6 ? 16 : 64);
                }
            }
        }
    }

    private void skipScalingList(int size) {
        int last = 8;
        int next = 8;
        for (int i = 0; i < size && bits.intact(); i++) {
            if (next != 0) {
                next = last + bits.signedCode() & 0xff;
            }
            last = next == 0 ? last : next;
        }
    }

    private void readOrderCounts() {
        int type = bits.code(2);
        if (type == 0) {
            bits.code(12);
        } else if (type == 1) {
            bits.skip(1);
            bits.signedCode();
            bits.signedCode();
            int cycle = bits.code(MOST_CYCLE);
            for (int i = 0; i < cycle && bits.intact(); i++) {
                bits.signedCode();
            }
        }
    }

    private void readUsability() {
        pixel = PixelShape.readWithColours(bits);
        if (bits.flag()) {
            bits.skip(65);
        }
        boolean nalHrd = bits.flag();
        if (nalHrd) {
            skipHrd();
        }
        boolean vclHrd = bits.flag();
        if (vclHrd) {
            skipHrd();
        }
        if (nalHrd || vclHrd) {
            bits.skip(1);
        }
        bits.skip(1);
        restrictionFlagAt = bits.bitsRead();
        if (bits.flag()) {
            bits.skip(1);
            for (int i = 0; i < 4; i++) {
                bits.code();
            }
            reorderFramesAt = bits.bitsRead();
            reorderFrames = OptionalInt.of(bits.code(MOST_REORDER));
            bufferedFrames = bits.code();
        }
    }

    private void skipHrd() {
        int last = bits.code(MOST_HRD);
        bits.skip(8);
        for (int i = 0; i <= last && bits.intact(); i++) {
            bits.code(Integer.MAX_VALUE);
            bits.code(Integer.MAX_VALUE);
            bits.skip(1);
        }
        bits.skip(20);
    }
}
