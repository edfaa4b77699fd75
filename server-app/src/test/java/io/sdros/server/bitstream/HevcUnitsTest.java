package io.sdros.server.bitstream;

import static io.sdros.server.bitstream.BitstreamCondition.FLAG_MISMATCH;
import static io.sdros.server.bitstream.BitstreamCondition.NO_PARAMETER_SETS;
import static io.sdros.server.bitstream.BitstreamCondition.SPLIT_UNITS;
import static io.sdros.server.bitstream.Units.HEVC_DELIMITER;
import static io.sdros.server.bitstream.Units.annexB;
import static io.sdros.server.bitstream.Units.hevcPps;
import static io.sdros.server.bitstream.Units.hevcSlice;
import static io.sdros.server.bitstream.Units.hevcSps;
import static io.sdros.server.bitstream.Units.hevcVps;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the bytes of HEVC units say. */
class HevcUnitsTest {

    private static final byte[] VPS = hevcVps(0);
    private static final byte[] SPS = hevcSps(0, 0, 640, 360);
    private static final byte[] PPS = hevcPps(0, 0);

    private final Inspected stream = Inspected.hevc();

    @BeforeEach
    void begin() {
        assertThat(stream.flagged(annexB(HEVC_DELIMITER, VPS, SPS, PPS, hevcSlice(19, true, 0))).keyframe()).isTrue();
        assertThat(stream.conditions()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 17, 18, 19, 20, 21})
    void idrBlaAndCraAreKeyframes(int type) {
        assertThat(stream.plain(annexB(hevcSlice(type, true, 0))).keyframe()).isTrue();
        assertThat(stream.conditions()).containsExactly(FLAG_MISMATCH);
        assertThat(stream.completed()).isEqualTo(annexB(VPS, SPS, PPS, hevcSlice(type, true, 0)));
        assertThat(stream.flagged(annexB(hevcSlice(type, false, 0))).keyframe()).isFalse();
        assertThat(stream.conditions()).containsExactly(SPLIT_UNITS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void othersAreNoneAndTheEvenOnesAreDroppable(int type) {
        assertThat(stream.plain(annexB(HEVC_DELIMITER, hevcSlice(type, true, 0))).keyframe()).isFalse();
        assertThat(stream.conditions()).isEmpty();
        assertThat(stream.inspector.droppable()).isEqualTo(type % 2 == 0);
        assertThat(stream.flagged(annexB(hevcSlice(type, true, 0))).conditions()).containsExactly(FLAG_MISMATCH);
    }

    /** Pictures of higher layers may refer to one that its own layer does not need. */
    @Test
    void onlyPicturesOfTheHighestLayerAreDroppable() {
        Inspected layered = Inspected.hevc();
        byte[] twoLayers = new Bits().put(4, 0).put(3, 1).put(1, 1).put(8, 1).put(32, 0).put(32, 0).put(16, 0).put(8, 93)
                .put(16, 0).code(0).code(1).code(640).code(360).put(1, 0).code(0).code(0).code(4).put(1, 0)
                .code(1).code(0).code(0).code(0).code(0).code(0).code(0).code(0).code(0).put(4, 0).code(0).put(4, 0)
                .nal(66, 1);
        layered.flagged(annexB(hevcVps(0), twoLayers, hevcPps(0, 0), hevcSlice(19, true, 0)));
        assertThat(layered.inspector.sequence().orElseThrow().subLayers()).isEqualTo(2);
        byte[] higher = hevcSlice(0, true, 0);
        assertThat(layered.plain(annexB(higher)).inspector.droppable()).as("of the lower layer").isFalse();
        higher[1] = 2;
        assertThat(layered.plain(annexB(higher)).inspector.droppable()).isTrue();
    }

    @Test
    void aPictureThatBringsNewSetsIsNotDroppable() {
        for (byte[] set : new byte[][] {hevcVps(1), hevcSps(1, 0, 640, 360), hevcPps(1, 0)}) {
            assertThat(stream.plain(annexB(set, hevcSlice(0, true, 0))).inspector.droppable()).isFalse();
            assertThat(stream.plain(annexB(set, hevcSlice(0, true, 0))).inspector.droppable()).as("said again").isTrue();
        }
    }

    @Test
    void keyframesAreNotDroppable() {
        assertThat(stream.flagged(annexB(hevcSlice(20, true, 0))).inspector.droppable()).isFalse();
        assertThat(stream.flagged(annexB(hevcSlice(18, true, 0))).inspector.droppable()).isFalse();
    }

    @Test
    void theVpsIsNeeded() {
        Inspected joined = Inspected.hevc();
        assertThat(joined.flagged(annexB(SPS, PPS, hevcSlice(19, true, 0))).conditions())
                .containsExactly(NO_PARAMETER_SETS);
        joined.plain(annexB(VPS));
        assertThat(joined.inspector.setsAlone()).isTrue();
        assertThat(joined.flagged(annexB(SPS, PPS, hevcSlice(19, true, 0))).conditions()).isEmpty();
        assertThat(joined.completed()).as("before the SPS that names it")
                .isEqualTo(annexB(VPS, SPS, PPS, hevcSlice(19, true, 0)));
    }

    @Test
    void otherLayersAreOfNoConcern() {
        byte[] upper = hevcSlice(19, true, 9);
        upper[1] = 9;
        byte[] upperSps = hevcSps(0, 0, 64, 64);
        upperSps[0] |= 1;
        stream.plain(annexB(upperSps, hevcSlice(1, true, 0), upper));
        assertThat(stream.keyframe()).isFalse();
        assertThat(stream.flagged(annexB(hevcSlice(19, true, 0))).completed())
                .isEqualTo(annexB(VPS, SPS, PPS, hevcSlice(19, true, 0)));
    }

    @ParameterizedTest
    @ValueSource(ints = {38, 40})
    void nothingButExtraUnitsIsNoKeyframeWhateverItsFlag(int type) {
        byte[] extra = {(byte) (type << 1), 1, (byte) 0xff, (byte) 0x80};
        assertThat(stream.flagged(annexB(extra)).keyframe()).isFalse();
        assertThat(stream.conditions()).isEmpty();
        byte[] upper = hevcSlice(19, true, 0);
        upper[1] = 9;
        assertThat(stream.flagged(annexB(upper)).keyframe()).as("another layer").isFalse();
        assertThat(stream.conditions()).isEmpty();
    }

    @Test
    void anEmptyNalUnitIsNoPicture() {
        assertThat(stream.flagged(annexB(new byte[0], hevcSlice(19, true, 0))).keyframe()).isTrue();
        assertThat(stream.conditions()).isEmpty();
    }

    @Test
    void theSizeIsTold() {
        assertThat(stream.inspector.sequence()).hasValueSatisfying(info -> {
            assertThat(info.width()).isEqualTo(640);
            assertThat(info.height()).isEqualTo(360);
            assertThat(info.level()).isEqualTo(93);
        });
    }
}
