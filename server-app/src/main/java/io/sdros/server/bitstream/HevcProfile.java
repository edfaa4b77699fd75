package io.sdros.server.bitstream;

/** Reads profile, tier and level of HEVC (7.3.3). */
final class HevcProfile {

    private static final int PROFILE_FLAG_BITS = 80;
    private static final int LEVEL_BITS = 8;
    private static final int MOST_SUB_LAYERS = 8;

    private HevcProfile() {
    }

    /** The general profile in the upper 8 of 16 bits, the general level in the lower. */
    static int read(Rbsp bits, int subLayers) {
        bits.skip(3);
        int profile = bits.bits(5);
        bits.skip(PROFILE_FLAG_BITS);
        int level = bits.bits(LEVEL_BITS);
        int present = bits.bits(2 * subLayers);
        if (subLayers > 0) {
            bits.skip(2 * (MOST_SUB_LAYERS - subLayers));
        }
        for (int i = subLayers - 1; i >= 0; i--) {
            if ((present >> 2 * i + 1 & 1) != 0) {
                bits.skip(8 + PROFILE_FLAG_BITS);
            }
            if ((present >> 2 * i & 1) != 0) {
                bits.skip(LEVEL_BITS);
            }
        }
        return profile << LEVEL_BITS | level;
    }
}
