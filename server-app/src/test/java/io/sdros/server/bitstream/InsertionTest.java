package io.sdros.server.bitstream;

import static io.sdros.server.bitstream.BitstreamCondition.NO_PARAMETER_SETS;
import static io.sdros.server.bitstream.Units.DELIMITER;
import static io.sdros.server.bitstream.Units.RECOVERY;
import static io.sdros.server.bitstream.Units.annexB;
import static io.sdros.server.bitstream.Units.hevcPps;
import static io.sdros.server.bitstream.Units.hevcSlice;
import static io.sdros.server.bitstream.Units.hevcSps;
import static io.sdros.server.bitstream.Units.hevcVps;
import static io.sdros.server.bitstream.Units.idr;
import static io.sdros.server.bitstream.Units.joined;
import static io.sdros.server.bitstream.Units.pps;
import static io.sdros.server.bitstream.Units.shortCodes;
import static io.sdros.server.bitstream.Units.slice;
import static io.sdros.server.bitstream.Units.sps;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.Codecs;
import org.junit.jupiter.api.Test;

/** Keyframes that lack parameter sets, and what they become. */
class InsertionTest {

    private static final byte[] SPS = sps(0, 40, 23);
    private static final byte[] PPS = pps(0, 0);

    private final Inspected stream = Inspected.h264();

    private byte[] sent(byte[] unit) {
        stream.plain(unit);
        byte[] completed = stream.completed();
        assertThat(completed).hasSize(unit.length + stream.inspector.insertedBytes());
        return completed;
    }

    @Test
    void whatLacksNothingIsLeftAlone() {
        byte[] keyframe = annexB(DELIMITER, SPS, PPS, idr(0, 0));
        sent(keyframe);
        assertThat(stream.inspector.insertedBytes()).isZero();
        sent(annexB(DELIMITER, slice(0, 0, 0)));
        assertThat(stream.inspector.insertedBytes()).isZero();
    }

    @Test
    void bothAreInsertedBehindTheDelimiterAndBeforeEverythingElse() {
        sent(annexB(SPS, PPS, idr(0, 0)));
        byte[] information = {6, 5, 1, 7, (byte) 0x80};
        assertThat(sent(annexB(DELIMITER, information, idr(0, 0), idr(9, 0))))
                .isEqualTo(annexB(DELIMITER, SPS, PPS, information, idr(0, 0), idr(9, 0)));
        assertThat(sent(annexB(idr(0, 0)))).isEqualTo(annexB(SPS, PPS, idr(0, 0)));
        assertThat(sent(shortCodes(DELIMITER, idr(0, 0))))
                .isEqualTo(joined(shortCodes(DELIMITER), annexB(SPS, PPS), shortCodes(idr(0, 0))));
    }

    @Test
    void whatMayStandBeforeTheDelimiterStaysThere() {
        sent(annexB(SPS, PPS, idr(0, 0)));
        byte[] end = {10};
        byte[] filler = {12, (byte) 0xff, (byte) 0x80};
        assertThat(sent(annexB(end, DELIMITER, idr(0, 0)))).isEqualTo(annexB(end, DELIMITER, SPS, PPS, idr(0, 0)));
        assertThat(sent(annexB(filler, DELIMITER, idr(0, 0)))).isEqualTo(annexB(filler, DELIMITER, SPS, PPS, idr(0, 0)));
        assertThat(sent(annexB(new byte[0], DELIMITER, idr(0, 0))))
                .isEqualTo(annexB(new byte[0], DELIMITER, SPS, PPS, idr(0, 0)));
    }

    @Test
    void whereNothingIsInsertedAPpsOfOtherPicturesIsNotMissed() {
        Inspected passing = Inspected.of(Codecs.H264, false);
        passing.flagged(annexB(SPS, PPS, idr(0, 0)));
        byte[] other = pps(1, 0);
        assertThat(passing.flagged(annexB(SPS, other, idr(0, 1))).conditions()).isEmpty();
        assertThat(passing.flagged(annexB(SPS, PPS, idr(0, 0))).conditions()).isEmpty();
        assertThat(passing.flagged(annexB(SPS, PPS, idr(0, 1))).conditions()).containsExactly(NO_PARAMETER_SETS);
    }

    @Test
    void zerosBehindTheDelimiterStayThere() {
        sent(annexB(SPS, PPS, idr(0, 0)));
        assertThat(sent(joined(annexB(DELIMITER), new byte[5], annexB(idr(0, 0)))))
                .isEqualTo(joined(annexB(DELIMITER), new byte[5], annexB(SPS, PPS, idr(0, 0))));
    }

    @Test
    void eachIsInsertedOnceAndOnlyWhatLacks() {
        sent(annexB(SPS, PPS, idr(0, 0)));
        assertThat(sent(annexB(DELIMITER, SPS, idr(0, 0)))).as("a PPS before its SPS would be ended by it")
                .isEqualTo(annexB(DELIMITER, SPS, PPS, idr(0, 0)));
        assertThat(sent(annexB(DELIMITER, PPS, idr(0, 0)))).isEqualTo(annexB(DELIMITER, SPS, PPS, idr(0, 0)));
    }

    @Test
    void setsAreLearntFromUnitsOfTheirOwnAndFromDeltas() {
        stream.flagged(annexB(SPS));
        stream.flagged(annexB(PPS));
        assertThat(sent(annexB(idr(0, 0)))).isEqualTo(annexB(SPS, PPS, idr(0, 0)));
        byte[] later = pps(0, 0, 3);
        stream.plain(annexB(later, slice(0, 0, 0)));
        assertThat(sent(annexB(idr(0, 0)))).as("the latest content").isEqualTo(annexB(SPS, later, idr(0, 0)));
    }

    @Test
    void onlyTheSpsInForceAndItsPpsAreInserted() {
        byte[] other = sps(3, 20, 20);
        sent(annexB(SPS, other, PPS, pps(7, 3), pps(5, 0), idr(0, 0)));
        assertThat(sent(annexB(idr(0, 0)))).isEqualTo(annexB(SPS, PPS, pps(5, 0), idr(0, 0)));
        assertThat(sent(annexB(idr(0, 7)))).isEqualTo(annexB(other, pps(7, 3), idr(0, 7)));
        assertThat(stream.inspector.sequence().orElseThrow().width()).isEqualTo(320);
        assertThat(sent(annexB(idr(0, 5)))).isEqualTo(annexB(SPS, PPS, pps(5, 0), idr(0, 5)));
        assertThat(stream.inspector.sequence().orElseThrow().width()).isEqualTo(640);
    }

    @Test
    void aChangedSpsTakesItsPpsWithIt() {
        byte[] other = sps(3, 20, 20);
        sent(annexB(SPS, PPS, other, pps(1, 3), idr(0, 0)));
        byte[] changed = sps(0, 30, 30);
        stream.flagged(annexB(changed));
        sent(annexB(idr(0, 0)));
        assertThat(stream.conditions()).contains(NO_PARAMETER_SETS);
        assertThat(stream.inspector.insertedBytes()).isZero();
        assertThat(sent(annexB(idr(0, 1)))).as("of another SPS").isEqualTo(annexB(other, pps(1, 3), idr(0, 1)));
        stream.flagged(annexB(changed, PPS));
        assertThat(sent(annexB(idr(0, 0)))).isEqualTo(annexB(changed, PPS, idr(0, 0)));
    }

    @Test
    void anSpsThatComesAgainTakesNothing() {
        sent(annexB(SPS, PPS, pps(1, 0), idr(0, 0)));
        stream.flagged(annexB(SPS));
        assertThat(sent(annexB(idr(0, 1)))).isEqualTo(annexB(SPS, PPS, pps(1, 0), idr(0, 1)));
    }

    @Test
    void aRecoveryPointGetsThemToo() {
        sent(annexB(SPS, PPS, idr(0, 0)));
        assertThat(sent(annexB(DELIMITER, RECOVERY, slice(0, 0, 0))))
                .isEqualTo(annexB(DELIMITER, SPS, PPS, RECOVERY, slice(0, 0, 0)));
    }

    @Test
    void afterARestartNothingIsInserted() {
        sent(annexB(SPS, PPS, idr(0, 0)));
        stream.inspector.restart();
        sent(annexB(idr(0, 0)));
        assertThat(stream.inspector.insertedBytes()).isZero();
        assertThat(stream.conditions()).contains(NO_PARAMETER_SETS);
    }

    @Test
    void nothingIsInsertedWhereThatIsOff() {
        Inspected passing = Inspected.of(Codecs.H264, false);
        passing.flagged(annexB(SPS, PPS, idr(0, 0)));
        assertThat(passing.conditions()).isEmpty();
        passing.flagged(annexB(idr(0, 0)));
        assertThat(passing.inspector.insertedBytes()).isZero();
        assertThat(passing.conditions()).containsExactly(NO_PARAMETER_SETS);
    }

    @Test
    void whatIsTooLongToBeASetIsNotKept() {
        byte[] longPps = joined(pps(0, 0), new byte[] {1}, "x".repeat(ParameterSets.MOST_BYTES).getBytes());
        sent(annexB(SPS, PPS, idr(0, 0)));
        sent(annexB(SPS, longPps, idr(0, 0)));
        sent(annexB(idr(0, 0)));
        assertThat(stream.conditions()).contains(NO_PARAMETER_SETS);
    }

    @Test
    void hevcGetsVpsSpsAndPps() {
        Inspected hevc = Inspected.hevc();
        byte[] vps = hevcVps(2);
        byte[] sps = hevcSps(1, 2, 640, 360);
        hevc.flagged(annexB(vps, hevcVps(0), sps, hevcPps(4, 1), hevcPps(3, 1), hevcSlice(19, true, 3)));
        hevc.flagged(annexB(Units.HEVC_DELIMITER, hevcSlice(20, true, 4)));
        assertThat(hevc.completed()).isEqualTo(
                annexB(Units.HEVC_DELIMITER, vps, sps, hevcPps(3, 1), hevcPps(4, 1), hevcSlice(20, true, 4)));
        hevc.flagged(annexB(vps, hevcSlice(20, true, 4)));
        assertThat(hevc.completed()).isEqualTo(
                annexB(vps, sps, hevcPps(3, 1), hevcPps(4, 1), hevcSlice(20, true, 4)));
    }
}
