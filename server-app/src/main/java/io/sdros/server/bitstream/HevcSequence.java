package io.sdros.server.bitstream;

import io.sdros.shm.protocol.Codecs;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads an SPS of HEVC (7.3.2.2 and E.2.1), in its order, as far as the shape of a pixel. */
final class HevcSequence {

    static final int MOST_SPS_ID = 15;

    private static final int MOST_SIZE = 1 << 16;
    private static final int MOST_BIT_DEPTH_MINUS_8 = 8;
    private static final int COLOUR_444 = 3;
    private static final int MOST_PICTURES = 16;
    private static final int MOST_REFERENCE_SETS = 64;
    private static final int MOST_LONG_TERM = 32;

    private final Rbsp bits;
    private int chroma;
    private int orderCountBits;
    private PixelShape pixel = PixelShape.UNKNOWN;
    private int reorderFrames;

    HevcSequence(Rbsp bits) {
        this.bits = bits;
    }

    Optional<SequenceInfo> read() {
        bits.skip(4);
        int subLayers = bits.bits(3);
        bits.skip(1);
        int profileAndLevel = HevcProfile.read(bits, subLayers);
        int id = bits.code(MOST_SPS_ID);
        chroma = bits.code(COLOUR_444);
        boolean separatePlanes = chroma == COLOUR_444 && bits.flag();
        int chromaArray = separatePlanes ? 0 : chroma;
        long width = bits.code(MOST_SIZE);
        long height = bits.code(MOST_SIZE);
        if (bits.flag()) {
            int unitX = chromaArray == 1 || chromaArray == 2 ? 2 : 1;
            int unitY = chromaArray == 1 ? 2 : 1;
            width -= (long) unitX * ((long) bits.code(MOST_SIZE) + bits.code(MOST_SIZE));
            height -= (long) unitY * ((long) bits.code(MOST_SIZE) + bits.code(MOST_SIZE));
        }
        int luma = bits.code(MOST_BIT_DEPTH_MINUS_8);
        int bitDepth = 8 + Math.max(luma, bits.code(MOST_BIT_DEPTH_MINUS_8));
        orderCountBits = bits.code(12) + 4;
        readBuffering(subLayers);
        skipCoding();
        skipReferenceSets();
        bits.skip(2);
        boolean fields = bits.flag() && readUsability();
        if (!bits.intact() || width <= 0 || height <= 0) {
            return Optional.empty();
        }
        return Optional.of(new SequenceInfo(Codecs.HEVC, id, profileAndLevel >> 8, profileAndLevel & 0xff,
                (int) width, (int) height, chroma, bitDepth, pixel.width(), pixel.height(), OptionalInt.of(reorderFrames),
                !fields, subLayers + 1));
    }

    /** What holds for the highest sub-layer holds for the stream; it comes last. */
    private void readBuffering(int subLayers) {
        boolean each = bits.flag();
        for (int i = each ? 0 : subLayers; i <= subLayers; i++) {
            bits.code(MOST_PICTURES);
            reorderFrames = bits.code(MOST_PICTURES);
            bits.code();
        }
    }

    private void skipCoding() {
        for (int i = 0; i < 6; i++) {
            bits.code();
        }
        if (bits.flag() && bits.flag()) {
            skipScalingLists();
        }
        bits.skip(2);
        if (bits.flag()) {
            bits.skip(8);
            bits.code();
            bits.code();
            bits.skip(1);
        }
    }

    private void skipScalingLists() {
        for (int size = 0; size < 4; size++) {
            for (int matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1) {
                if (!bits.flag()) {
                    bits.code();
                    continue;
                }
                if (size > 1) {
                    bits.signedCode();
                }
                int coefficients = Math.min(64, 1 << 4 + (size << 1));
                for (int i = 0; i < coefficients && bits.intact(); i++) {
                    bits.signedCode();
                }
            }
        }
    }

    private void skipReferenceSets() {
        int sets = bits.code(MOST_REFERENCE_SETS);
        int[] pictures = new int[sets];
        for (int i = 0; i < sets && bits.intact(); i++) {
            boolean predicted = i > 0 && bits.flag();
            pictures[i] = predicted ? skipPredictedSet(pictures[i - 1]) : skipExplicitSet();
        }
        if (bits.flag()) {
            int longTerm = bits.code(MOST_LONG_TERM);
            for (int i = 0; i < longTerm; i++) {
                bits.skip(orderCountBits + 1);
            }
        }
    }

    /** Answers how many pictures are in the set, as the set before it is the base of this one. */
    private int skipPredictedSet(int base) {
        bits.skip(1);
        bits.code();
        int pictures = 0;
        for (int i = 0; i <= base && bits.intact(); i++) {
            boolean used = bits.flag();
            if (used || bits.flag()) {
                pictures++;
            }
        }
        return pictures;
    }

    private int skipExplicitSet() {
        int pictures = bits.code(MOST_PICTURES);
        pictures += bits.code(MOST_PICTURES);
        for (int i = 0; i < pictures && bits.intact(); i++) {
            bits.code();
            bits.skip(1);
        }
        return pictures;
    }

    /** Answers whether the pictures are fields. */
    private boolean readUsability() {
        pixel = PixelShape.readWithColours(bits);
        bits.skip(1);
        return bits.flag();
    }
}
