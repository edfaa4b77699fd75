package io.sdros.server.bitstream;

import io.sdros.shm.protocol.Codecs;
import java.util.Optional;

/** What differs between the codecs in a NAL unit. Without state; the reader given is used up. */
interface NalSyntax {

    /** Header bytes in front of a NAL unit's content. */
    int headerBytes();

    /** What the NAL unit is whose header begins there, all of which must be within the array. */
    NalRole role(byte[] array, int nal);

    /** Whether no picture of the same temporal layer refers to the one that this slice is of. */
    boolean droppable(byte[] array, int nal);

    /** The temporal layer that this slice's picture is in. */
    int temporalId(byte[] array, int nal);

    /** Reads the beginning of a slice into {@code slice}; whether it could be read. */
    boolean readSlice(byte[] array, int nal, Rbsp bits, SliceStart slice);

    /** Whether a SEI NAL unit has a recovery point among its messages. */
    boolean hasRecoveryPoint(Rbsp bits);

    /** What an SPS says; empty if it is damaged, or says what nobody can show. */
    Optional<SequenceInfo> sequence(Rbsp bits);

    /** The id of an SPS, read without the rest; -1 if it has none. */
    int sequenceId(Rbsp bits);

    /** The id of a PPS; -1 if it has none. */
    int pictureSetId(Rbsp bits);

    /** The id of the SPS that a PPS names, read on from {@link #pictureSetId}; -1 if it names none. */
    int sequenceIdAfterPictureSetId(Rbsp bits);

    /** The id of a VPS, or of the VPS that an SPS names, from its header on; -1 if there is none. */
    int videoSetId(byte[] set);

    /** The syntax of a codec of {@link Codecs}, if it is one of the two. */
    static Optional<NalSyntax> of(int codec) {
        return switch (codec) {
            case Codecs.H264 -> Optional.of(H264Syntax.SOME);
            case Codecs.HEVC -> Optional.of(HevcSyntax.SOME);
            default -> Optional.empty();
        };
    }
}
