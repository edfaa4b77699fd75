package io.sdros.server.bitstream;

import java.util.Optional;

/** NAL units of HEVC (Rec. ITU-T H.265, 7.3). Those of other layers than the first are of no concern. */
final class HevcSyntax implements NalSyntax {

    static final HevcSyntax SOME = new HevcSyntax();

    private static final int HEADER_BYTES = 2;
    /** Of the header's second byte; 0 is forbidden, so that an empty NAL unit is not taken for a picture. */
    private static final int TEMPORAL_ID_PLUS_1 = 7;
    private static final int FIRST_RANDOM_ACCESS = 16;
    private static final int LAST_RANDOM_ACCESS = 23;
    private static final int LAST_WITH_SUBLAYERS = 14;
    private static final int MOST_PPS_ID = 63;
    private static final int RECOVERY_POINT = 6;

    private HevcSyntax() {
    }

    @Override
    public int headerBytes() {
        return HEADER_BYTES;
    }

    private static int type(byte[] array, int nal) {
        return array[nal] >> 1 & 0x3f;
    }

    @Override
    public NalRole role(byte[] array, int nal) {
        int layer = (array[nal] & 1) << 5 | (array[nal + 1] & 0xff) >> 3;
        boolean header = (array[nal + 1] & TEMPORAL_ID_PLUS_1) != 0;
        NalRole role = header ? roleOf(type(array, nal)) : NalRole.OTHER;
        return layer == 0 || role == NalRole.OTHER ? role : NalRole.EXTRA;
    }

    private static NalRole roleOf(int type) {
        return switch (type) {
            case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> NalRole.SLICE;
            case 16, 17, 18, 19, 20 -> NalRole.KEY_SLICE;
            case 21 -> NalRole.CRA_SLICE;
            case 32 -> NalRole.VPS;
            case 33 -> NalRole.SPS;
            case 34 -> NalRole.PPS;
            case 35 -> NalRole.DELIMITER;
            case 36, 37 -> NalRole.END;
            case 39 -> NalRole.SEI;
            case 38, 40 -> NalRole.EXTRA;
            default -> NalRole.OTHER;
        };
    }

    /** The even types up to 14. */
    @Override
    public boolean droppable(byte[] array, int nal) {
        int type = type(array, nal);
        return type <= LAST_WITH_SUBLAYERS && (type & 1) == 0;
    }

    @Override
    public int temporalId(byte[] array, int nal) {
        return (array[nal + 1] & TEMPORAL_ID_PLUS_1) - 1;
    }

    @Override
    public boolean readSlice(byte[] array, int nal, Rbsp bits, SliceStart slice) {
        int type = type(array, nal);
        slice.beginsPicture = bits.flag();
        slice.bidirectional = false;
        if (type >= FIRST_RANDOM_ACCESS && type <= LAST_RANDOM_ACCESS) {
            bits.skip(1);
        }
        slice.ppsId = bits.code(MOST_PPS_ID);
        return bits.intact();
    }

    @Override
    public boolean hasRecoveryPoint(Rbsp bits) {
        return SeiMessages.has(RECOVERY_POINT, bits);
    }

    @Override
    public int sequenceId(Rbsp bits) {
        bits.skip(4);
        int subLayers = bits.bits(3);
        bits.skip(1);
        HevcProfile.read(bits, subLayers);
        int id = bits.code(HevcSequence.MOST_SPS_ID);
        return bits.intact() ? id : -1;
    }

    @Override
    public int pictureSetId(Rbsp bits) {
        int id = bits.code(MOST_PPS_ID);
        return bits.intact() ? id : -1;
    }

    @Override
    public int sequenceIdAfterPictureSetId(Rbsp bits) {
        int id = bits.code(HevcSequence.MOST_SPS_ID);
        return bits.intact() ? id : -1;
    }

    /** A VPS and an SPS both begin with the four bits of a VPS's id. */
    @Override
    public int videoSetId(byte[] set) {
        return set.length > HEADER_BYTES ? (set[HEADER_BYTES] & 0xff) >> 4 : -1;
    }

    @Override
    public Optional<SequenceInfo> sequence(Rbsp bits) {
        return new HevcSequence(bits).read();
    }
}
