package io.sdros.server.bitstream;

import static io.sdros.server.bitstream.BitstreamCondition.B_FRAMES;
import static io.sdros.server.bitstream.BitstreamCondition.FLAG_MISMATCH;
import static io.sdros.server.bitstream.BitstreamCondition.NOT_ANNEX_B;
import static io.sdros.server.bitstream.BitstreamCondition.NO_PARAMETER_SETS;
import static io.sdros.server.bitstream.BitstreamCondition.SPLIT_UNITS;
import static io.sdros.server.bitstream.Units.DELIMITER;
import static io.sdros.server.bitstream.Units.END_OF_SEQUENCE;
import static io.sdros.server.bitstream.Units.RECOVERY;
import static io.sdros.server.bitstream.Units.annexB;
import static io.sdros.server.bitstream.Units.idr;
import static io.sdros.server.bitstream.Units.joined;
import static io.sdros.server.bitstream.Units.pps;
import static io.sdros.server.bitstream.Units.shortCodes;
import static io.sdros.server.bitstream.Units.slice;
import static io.sdros.server.bitstream.Units.sps;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.Codecs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the bytes of H.264 units say. */
class H264UnitsTest {

    private static final byte[] SPS = sps(0, 40, 23);
    private static final byte[] PPS = pps(0, 0);
    private static final byte[] KEYFRAME = annexB(DELIMITER, SPS, PPS, idr(0, 0));

    private final Inspected stream = Inspected.h264();

    @Test
    void anIdrPictureIsAKeyframeWhateverItsFlag() {
        assertThat(stream.flagged(KEYFRAME).keyframe()).isTrue();
        assertThat(stream.conditions()).isEmpty();
        assertThat(stream.plain(KEYFRAME).keyframe()).isTrue();
        assertThat(stream.conditions()).containsExactly(FLAG_MISMATCH);
    }

    @Test
    void anyOtherPictureIsNone() {
        stream.flagged(KEYFRAME);
        assertThat(stream.plain(annexB(DELIMITER, slice(0, 0, 0))).keyframe()).isFalse();
        assertThat(stream.conditions()).isEmpty();
        assertThat(stream.flagged(annexB(DELIMITER, slice(0, 2, 0))).keyframe()).as("an I picture").isFalse();
        assertThat(stream.conditions()).containsExactly(FLAG_MISMATCH);
    }

    @Test
    void goldenBytes() {
        // x264, 16x16, Constrained Baseline: SPS, PPS and the beginning of an IDR picture.
        byte[] unit = {0, 0, 0, 1, 0x67, 0x42, (byte) 0xc0, 0x0a, (byte) 0xd9, 0x1e, (byte) 0x84, 0, 0, 3, 0, 4, 0, 0, 3,
            0, (byte) 0xc8, 0x3c, 0x48, (byte) 0x99, 0x20, 0, 0, 0, 1, 0x68, (byte) 0xcb, (byte) 0x83, (byte) 0xcb, 0x20,
            0, 0, 1, 0x65, (byte) 0x88, (byte) 0x84, 0x0a};
        assertThat(stream.flagged(unit).keyframe()).isTrue();
        assertThat(stream.conditions()).isEmpty();
        assertThat(stream.inspector.sequence()).hasValueSatisfying(info -> {
            assertThat(info.width()).isEqualTo(16);
            assertThat(info.height()).isEqualTo(16);
            assertThat(info.level()).isEqualTo(10);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 13, 14, 15, 19, 20, 21})
    void nothingButExtraUnitsIsNoKeyframeWhateverItsFlag(int type) {
        stream.flagged(KEYFRAME);
        byte[] extra = {(byte) type, (byte) 0xff, (byte) 0xff, (byte) 0x80};
        assertThat(stream.flagged(annexB(extra)).keyframe()).isFalse();
        assertThat(stream.conditions()).isEmpty();
        assertThat(stream.flagged(annexB(extra, idr(0, 0))).keyframe()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 100, 60_000})
    void startCodesOfAnyLengthCount(int zeros) {
        byte[] startCode = new byte[zeros + 1];
        startCode[zeros] = 1;
        assertThat(stream.flagged(joined(startCode, SPS, shortCodes(PPS, idr(0, 0)))).keyframe()).isTrue();
        assertThat(stream.conditions()).isEmpty();
        assertThat(stream.inspector.sequence()).isPresent();
    }

    @Test
    void trailingZerosBelongToNoParameterSet() {
        byte[] zeros = new byte[9];
        stream.flagged(joined(annexB(SPS), zeros, annexB(PPS), zeros, annexB(idr(0, 0)), zeros));
        assertThat(stream.plain(annexB(idr(0, 0))).completed()).isEqualTo(annexB(SPS, PPS, idr(0, 0)));
    }

    @Test
    void theEndOfASequenceMayStandInFrontOrAlone() {
        stream.flagged(KEYFRAME);
        assertThat(stream.flagged(annexB(END_OF_SEQUENCE, SPS, PPS, idr(0, 0))).keyframe()).isTrue();
        assertThat(stream.conditions()).isEmpty();
        assertThat(stream.plain(annexB(END_OF_SEQUENCE)).keyframe()).isFalse();
        assertThat(stream.conditions()).isEmpty();
        assertThat(stream.inspector.setsAlone()).isFalse();
    }

    @Test
    void aRecoveryPointIsNoKeyframeAndItsFlagNoMistake() {
        stream.flagged(KEYFRAME);
        stream.flagged(annexB(DELIMITER, RECOVERY, slice(0, 0, 0)));
        assertThat(stream.inspector.recoveryPoint()).isTrue();
        assertThat(stream.keyframe()).isFalse();
        assertThat(stream.conditions()).isEmpty();
        stream.plain(annexB(DELIMITER, slice(0, 0, 0)));
        assertThat(stream.inspector.recoveryPoint()).isFalse();
    }

    @Test
    void aPictureNobodyRefersToIsDroppable() {
        stream.flagged(KEYFRAME);
        assertThat(stream.inspector.droppable()).isFalse();
        assertThat(stream.plain(annexB(Units.unreferenced(0))).inspector.droppable()).isTrue();
        assertThat(stream.plain(annexB(slice(0, 0, 0))).inspector.droppable()).isFalse();
        stream.flagged(annexB(Units.fieldSps(0), PPS, idr(0, 0)));
        assertThat(stream.plain(annexB(Units.unreferenced(0))).inspector.droppable()).as("the other field may be").isFalse();
    }

    /** Its picture may be missing, but pictures behind it need the sets. */
    @Test
    void aPictureThatBringsNewSetsIsNotDroppable() {
        stream.flagged(KEYFRAME);
        byte[] changed = Units.pps(0, 0, 3);
        assertThat(stream.plain(annexB(PPS, Units.unreferenced(0))).inspector.droppable()).as("as before").isTrue();
        assertThat(stream.plain(annexB(changed, Units.unreferenced(0))).inspector.droppable()).isFalse();
        assertThat(stream.plain(annexB(changed, Units.unreferenced(0))).inspector.droppable()).as("said again").isTrue();
        assertThat(stream.plain(annexB(Units.pps(1, 0), Units.unreferenced(0))).inspector.droppable()).as("one more").isFalse();
    }

    @Test
    void whereUnitsHoldTwoPicturesNoneIsDroppable() {
        stream.flagged(KEYFRAME);
        byte[] two = annexB(Units.unreferenced(0), slice(0, 0, 0));
        for (int i = 0; i < StreamInspector.WHOLE_EVERY; i++) {
            stream.plain(two);
        }
        assertThat(stream.plain(two).inspector.droppable()).isFalse();
        stream.inspector.restart();
        assertThat(stream.plain(annexB(Units.unreferenced(0))).inspector.droppable()).as("nothing is known").isFalse();
        assertThat(stream.flagged(KEYFRAME).plain(annexB(Units.unreferenced(0))).inspector.droppable()).isTrue();
    }

    @Test
    void aUnitWithoutTheBeginningOfAPictureIsAPiece() {
        stream.flagged(KEYFRAME);
        assertThat(stream.flagged(annexB(idr(20, 0))).keyframe()).as("a later slice of an IDR picture").isFalse();
        assertThat(stream.conditions()).containsExactly(SPLIT_UNITS);
        assertThat(stream.plain(annexB(slice(20, 0, 0))).conditions()).containsExactly(SPLIT_UNITS);
        assertThat(stream.plain(annexB(DELIMITER)).conditions()).containsExactly(SPLIT_UNITS);
        assertThat(stream.plain(annexB(RECOVERY)).conditions()).containsExactly(SPLIT_UNITS);
        assertThat(stream.plain(annexB(slice(0, 0, 0))).conditions()).isEmpty();
    }

    @Test
    void theBeginningOfAnotherPictureDoesNotMakeAPieceWhole() {
        assertThat(stream.flagged(annexB(idr(20, 0), SPS, PPS, idr(0, 0))).keyframe()).isFalse();
        assertThat(stream.conditions()).containsExactly(SPLIT_UNITS);
    }

    @Test
    void twoPicturesInOneUnitAreNoticedSoonAndSlicesOfOneAreNot() {
        stream.flagged(KEYFRAME);
        for (int i = 0; i < StreamInspector.WHOLE_EVERY; i++) {
            assertThat(stream.plain(annexB(slice(0, 0, 0), slice(10, 0, 0), slice(20, 0, 0))).conditions()).isEmpty();
        }
        int noticed = 0;
        for (int i = 0; i < StreamInspector.WHOLE_EVERY; i++) {
            stream.plain(annexB(slice(0, 0, 0), slice(10, 0, 0), slice(0, 0, 0)));
            noticed += stream.conditions().contains(SPLIT_UNITS) ? 1 : 0;
        }
        assertThat(noticed).isEqualTo(1);
    }

    @Test
    void twoFieldsOfOneFrameBelongIntoOneUnit() {
        byte[] fields = annexB(Units.fieldSps(0), PPS, idr(0, 0), slice(0, 2, 0));
        byte[] three = annexB(Units.fieldSps(0), PPS, idr(0, 0), slice(0, 2, 0), slice(0, 2, 0));
        stream.flagged(fields);
        for (int i = 0; i < StreamInspector.WHOLE_EVERY; i++) {
            assertThat(stream.flagged(fields).conditions()).isEmpty();
        }
        for (int i = 0; i < StreamInspector.WHOLE_EVERY - 1; i++) {
            stream.flagged(three);
        }
        assertThat(stream.flagged(three).conditions().isEmpty() || stream.conditions().contains(SPLIT_UNITS)).isTrue();
    }

    @Test
    void twoFieldsAreNoTwoPicturesWhileNothingSaysThatThereAreNoFields() {
        byte[] fields = annexB(slice(0, 0, 0), slice(0, 0, 0));
        for (int i = 0; i < StreamInspector.WHOLE_EVERY; i++) {
            assertThat(stream.plain(fields).conditions()).isEmpty();
        }
        stream.flagged(KEYFRAME);
        int noticed = 0;
        for (int i = 0; i < StreamInspector.WHOLE_EVERY; i++) {
            noticed += stream.plain(fields).conditions().contains(SPLIT_UNITS) ? 1 : 0;
        }
        assertThat(noticed).as("an SPS that says so").isEqualTo(1);
    }

    @Test
    void parameterSetsAloneAreNoPicture() {
        for (byte[] unit : new byte[][] {annexB(SPS), annexB(PPS), annexB(SPS, PPS), annexB(DELIMITER, SPS, PPS)}) {
            assertThat(stream.flagged(unit).keyframe()).isFalse();
            assertThat(stream.inspector.setsAlone()).isTrue();
            assertThat(stream.conditions()).isEmpty();
        }
        assertThat(stream.flagged(KEYFRAME).inspector.setsAlone()).isFalse();
    }

    @Test
    void aKeyframeWhoseSetsNobodyHasSeenIsToldUntilOneHasThem() {
        assertThat(stream.flagged(annexB(idr(0, 0))).keyframe()).isTrue();
        assertThat(stream.conditions()).containsExactly(NO_PARAMETER_SETS);
        assertThat(stream.plain(annexB(slice(0, 0, 0))).conditions()).containsExactly(NO_PARAMETER_SETS);
        stream.flagged(annexB(SPS));
        assertThat(stream.flagged(annexB(idr(0, 0))).conditions()).as("no PPS").containsExactly(NO_PARAMETER_SETS);
        stream.flagged(annexB(PPS));
        assertThat(stream.flagged(annexB(idr(0, 0))).conditions()).isEmpty();
        assertThat(stream.flagged(annexB(idr(0, 1))).conditions()).as("another PPS").containsExactly(NO_PARAMETER_SETS);
    }

    @Test
    void bPicturesAreToldUnlessTheSpsSaysThatTheOrderStays() {
        stream.flagged(KEYFRAME);
        assertThat(stream.plain(annexB(slice(0, 1, 0))).conditions()).containsExactly(B_FRAMES);
        assertThat(stream.plain(annexB(slice(0, 0, 0))).conditions()).as("from then on").containsExactly(B_FRAMES);
        stream.flagged(annexB(sps(0, 20, 20), PPS, idr(0, 0)));
        assertThat(stream.conditions()).as("another SPS").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsNoAnnexBIsBelievedAsFlagged(boolean flagged) {
        for (byte[] unit : new byte[][] {{}, {0}, {0, 0}, {0, 0, 1}, {0, 0, 0, 1}, {1, 2, 3, 4, 5, 6, 7, 8}, {0x65, 0, 0, 1},
            new byte[500], {0, 0, 1, (byte) 0x85, 3, 4}, {0, 0, 1, 31, 0, 0, 1, 31}}) {
            assertThat(stream.inspect(unit, flagged).keyframe()).isEqualTo(flagged);
            assertThat(stream.conditions()).containsExactly(NOT_ANNEX_B);
            assertThat(stream.inPlace()).isEqualTo(unit);
        }
    }

    @Test
    void otherCodecsAreBelievedAndJpegIsAlwaysAKeyframe() {
        Inspected jpeg = Inspected.of(Codecs.JPEG, true);
        assertThat(jpeg.plain(new byte[] {(byte) 0xff, (byte) 0xd8, 1}).keyframe()).isTrue();
        assertThat(jpeg.conditions()).isEmpty();
        Inspected unknown = Inspected.of(77, true);
        assertThat(unknown.plain(KEYFRAME).keyframe()).isFalse();
        assertThat(unknown.flagged(annexB(slice(0, 0, 0))).keyframe()).isTrue();
        assertThat(unknown.conditions()).isEmpty();
    }

    @Test
    void anotherCodecBeginsAnew() {
        stream.flagged(KEYFRAME);
        byte[] unit = Units.annexB(Units.hevcSlice(19, true, 0));
        stream.inspector.inspect(unit, 0, unit.length, Codecs.HEVC, true);
        assertThat(stream.conditions()).containsExactly(NO_PARAMETER_SETS);
        assertThat(stream.flagged(annexB(idr(0, 0))).conditions()).containsExactly(NO_PARAMETER_SETS);
    }
}
