package io.sdros.server.bitstream;

import java.util.Optional;

/** NAL units of H.264 (Rec. ITU-T H.264, 7.3). */
final class H264Syntax implements NalSyntax {

    static final H264Syntax SOME = new H264Syntax();

    private static final int TYPE_MASK = 0x1f;
    private static final int REF_IDC_MASK = 0x60;
    private static final int MOST_PPS_ID = 255;
    private static final int MOST_SLICE_TYPE = 9;
    private static final int SLICE_TYPES = 5;
    private static final int B_SLICE = 1;
    private static final int RECOVERY_POINT = 6;
    /** profile_idc, constraint flags and level_idc. */
    private static final int PROFILE_BITS = 24;

    private H264Syntax() {
    }

    @Override
    public int headerBytes() {
        return 1;
    }

    @Override
    public NalRole role(byte[] array, int nal) {
        return switch (array[nal] & TYPE_MASK) {
            case 1, 2 -> NalRole.SLICE;
            case 3, 4 -> NalRole.CONTINUATION;
            case 5 -> NalRole.KEY_SLICE;
            case 6 -> NalRole.SEI;
            case 7 -> NalRole.SPS;
            case 8 -> NalRole.PPS;
            case 9 -> NalRole.DELIMITER;
            case 10, 11 -> NalRole.END;
            case 12, 13, 14, 15, 19, 20, 21 -> NalRole.EXTRA;
            default -> NalRole.OTHER;
        };
    }

    @Override
    public boolean droppable(byte[] array, int nal) {
        return (array[nal] & REF_IDC_MASK) == 0;
    }

    @Override
    public int temporalId(byte[] array, int nal) {
        return 0;
    }

    @Override
    public boolean readSlice(byte[] array, int nal, Rbsp bits, SliceStart slice) {
        slice.beginsPicture = bits.code() == 0;
        slice.bidirectional = bits.code(MOST_SLICE_TYPE) % SLICE_TYPES == B_SLICE;
        slice.ppsId = bits.code(MOST_PPS_ID);
        return bits.intact();
    }

    @Override
    public boolean hasRecoveryPoint(Rbsp bits) {
        return SeiMessages.has(RECOVERY_POINT, bits);
    }

    @Override
    public int sequenceId(Rbsp bits) {
        bits.skip(PROFILE_BITS);
        int id = bits.code(ParameterSets.MOST_SPS - 1);
        return bits.intact() ? id : -1;
    }

    @Override
    public int pictureSetId(Rbsp bits) {
        int id = bits.code(MOST_PPS_ID);
        return bits.intact() ? id : -1;
    }

    @Override
    public int sequenceIdAfterPictureSetId(Rbsp bits) {
        int id = bits.code(ParameterSets.MOST_SPS - 1);
        return bits.intact() ? id : -1;
    }

    @Override
    public int videoSetId(byte[] sequenceSet) {
        return -1;
    }

    @Override
    public Optional<SequenceInfo> sequence(Rbsp bits) {
        return new H264Sequence(bits).read();
    }
}
