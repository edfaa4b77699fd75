package io.sdros.server.bitstream;

/** Which parameter sets are in one unit, or in some in a row, by id. To be used again and again; one thread. */
final class UnitSets {

    private static final int WORDS = ParameterSets.MOST_PPS / Long.SIZE;

    private int videoSets;
    private int sequenceSets;
    private final long[] pictureSets = new long[WORDS];

    void clear() {
        videoSets = 0;
        sequenceSets = 0;
        for (int i = 0; i < WORDS; i++) {
            pictureSets[i] = 0;
        }
    }

    void add(NalRole role, int id) {
        switch (role) {
            case VPS -> videoSets |= 1 << id;
            case SPS -> sequenceSets |= 1 << id;
            default -> pictureSets[id / Long.SIZE] |= 1L << id;
        }
    }

    void addAll(UnitSets others) {
        videoSets |= others.videoSets;
        sequenceSets |= others.sequenceSets;
        for (int i = 0; i < WORDS; i++) {
            pictureSets[i] |= others.pictureSets[i];
        }
    }

    boolean has(NalRole role, int id) {
        return switch (role) {
            case VPS -> (videoSets >> id & 1) != 0;
            case SPS -> (sequenceSets >> id & 1) != 0;
            default -> (pictureSets[id / Long.SIZE] >> id & 1) != 0;
        };
    }
}
