package io.sdros.server.bitstream;

import static io.sdros.server.bitstream.BitstreamCondition.LENGTH_PREFIXED;
import static io.sdros.server.bitstream.BitstreamCondition.NOT_ANNEX_B;
import static io.sdros.server.bitstream.BitstreamCondition.NO_PARAMETER_SETS;
import static io.sdros.server.bitstream.Units.DELIMITER;
import static io.sdros.server.bitstream.Units.annexB;
import static io.sdros.server.bitstream.Units.idr;
import static io.sdros.server.bitstream.Units.joined;
import static io.sdros.server.bitstream.Units.lengthPrefixed;
import static io.sdros.server.bitstream.Units.pps;
import static io.sdros.server.bitstream.Units.shortCodes;
import static io.sdros.server.bitstream.Units.slice;
import static io.sdros.server.bitstream.Units.sps;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Units whose NAL units stand behind their lengths. */
class LengthPrefixedTest {

    private static final byte[] SPS = sps(0, 40, 23);
    private static final byte[] PPS = pps(0, 0);

    private final Inspected stream = Inspected.h264();

    /** A NAL unit of so many bytes. */
    private static byte[] ofLength(byte[] nal, int lengthBytes) {
        byte[] longer = Arrays.copyOf(nal, lengthBytes);
        Arrays.fill(longer, nal.length, lengthBytes, (byte) 0x55);
        return longer;
    }

    @Test
    void becomeAnnexB() {
        stream.flagged(lengthPrefixed(DELIMITER, SPS, PPS, idr(0, 0)));
        assertThat(stream.inPlace()).isEqualTo(annexB(DELIMITER, SPS, PPS, idr(0, 0)));
        assertThat(stream.inspector.converted()).isTrue();
        assertThat(stream.keyframe()).isTrue();
        assertThat(stream.conditions()).containsExactly(LENGTH_PREFIXED);
        stream.plain(lengthPrefixed(slice(0, 0, 0)));
        assertThat(stream.inPlace()).isEqualTo(annexB(slice(0, 0, 0)));
    }

    @Test
    void getWhatTheyLack() {
        stream.flagged(lengthPrefixed(SPS, PPS));
        assertThat(stream.inspector.setsAlone()).isTrue();
        stream.flagged(lengthPrefixed(idr(0, 0)));
        assertThat(stream.completed()).isEqualTo(annexB(SPS, PPS, idr(0, 0)));
    }

    @Test
    void withoutSetsAnywhereAreConvertedAndMissed() {
        stream.flagged(lengthPrefixed(idr(0, 0)));
        assertThat(stream.inPlace()).isEqualTo(annexB(idr(0, 0)));
        assertThat(stream.conditions()).containsExactlyInAnyOrder(LENGTH_PREFIXED, NO_PARAMETER_SETS);
    }

    /** 256 to 511 bytes: the length begins like a start code. */
    @ParameterizedTest
    @ValueSource(ints = {255, 256, 257, 257 + 0x41, 256 + 0x65, 400, 511, 512, 70_000})
    void areKnownByTheUnitsBeforeThem(int lengthBytes) {
        stream.flagged(lengthPrefixed(SPS, PPS, idr(0, 0)));
        byte[] nal = ofLength(slice(0, 0, 0), lengthBytes);
        stream.plain(lengthPrefixed(nal));
        assertThat(stream.inPlace()).isEqualTo(annexB(nal));
        assertThat(stream.conditions()).containsExactly(LENGTH_PREFIXED);
    }

    @ParameterizedTest
    @ValueSource(ints = {256 + 0x81, 400, 511})
    void areKnownAtOnceWhereNoHeaderCanBe(int lengthBytes) {
        byte[] nal = ofLength(idr(0, 0), lengthBytes);
        assertThat(stream.flagged(lengthPrefixed(nal)).inPlace()).isEqualTo(annexB(nal));
    }

    @Test
    void areKnownAtOnceByTwoLengthsThatAddUp() {
        byte[] first = ofLength(idr(0, 0), 256 + 0x65);
        assertThat(stream.flagged(lengthPrefixed(first, idr(9, 0))).inPlace()).isEqualTo(annexB(first, idr(9, 0)));
    }

    /**
     * A picture behind a short start code whose header and size say by chance what a length would. In H.264 there is
     * none: the byte behind the header of a slice that begins a picture cannot be the first of a NAL unit.
     */
    @Test
    void areNotWhatLooksLikeThemInAStreamOfStartCodes() {
        Inspected hevc = Inspected.hevc();
        hevc.flagged(annexB(Units.hevcVps(0), Units.hevcSps(0, 0, 64, 64), Units.hevcPps(0, 0), Units.hevcSlice(19, true, 0)));
        byte[] unit = shortCodes(ofLength(Units.hevcSlice(1, true, 0), 4 + 256 + 2 - 3));
        assertThat(LengthPrefixed.count(unit, 0, unit.length, 2)).as("it adds up").isEqualTo(1);
        assertThat(hevc.plain(unit).inPlace()).isEqualTo(unit);
        assertThat(hevc.conditions()).isEmpty();
        hevc.inspector.restart();
        assertThat(hevc.plain(unit).inPlace()).as("not at the beginning, either").isEqualTo(unit);
    }

    @Test
    void mustAddUpExactly() {
        byte[] unit = lengthPrefixed(SPS, PPS, idr(0, 0));
        for (byte[] damaged : new byte[][] {Arrays.copyOf(unit, unit.length - 1), Arrays.copyOf(unit, unit.length + 1),
            joined(unit, new byte[4]), joined(unit, new byte[] {0, 0, 0, 2, (byte) 0x80, 1})}) {
            assertThat(stream.flagged(damaged).inPlace()).isEqualTo(damaged);
            assertThat(stream.conditions()).containsExactly(NOT_ANNEX_B);
            assertThat(stream.inspector.converted()).isFalse();
        }
    }

    @Test
    void aStreamMayChangeItsMind() {
        stream.flagged(lengthPrefixed(SPS, PPS, idr(0, 0)));
        stream.flagged(annexB(SPS, PPS, idr(0, 0)));
        assertThat(stream.conditions()).isEmpty();
        assertThat(stream.inPlace()).isEqualTo(annexB(SPS, PPS, idr(0, 0)));
        stream.flagged(lengthPrefixed(SPS, PPS, idr(0, 0)));
        assertThat(stream.conditions()).containsExactly(LENGTH_PREFIXED);
    }

    @Test
    void hevcToo() {
        Inspected hevc = Inspected.hevc();
        byte[][] units = {Units.hevcVps(0), Units.hevcSps(0, 0, 64, 64), Units.hevcPps(0, 0), Units.hevcSlice(19, true, 0)};
        hevc.flagged(lengthPrefixed(units));
        assertThat(hevc.inPlace()).isEqualTo(annexB(units));
        assertThat(hevc.keyframe()).isTrue();
    }
}
