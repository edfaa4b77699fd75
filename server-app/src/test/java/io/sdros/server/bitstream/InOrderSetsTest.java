package io.sdros.server.bitstream;

import static io.sdros.server.bitstream.Units.DELIMITER;
import static io.sdros.server.bitstream.Units.annexB;
import static io.sdros.server.bitstream.Units.fieldSps;
import static io.sdros.server.bitstream.Units.idr;
import static io.sdros.server.bitstream.Units.joined;
import static io.sdros.server.bitstream.Units.pps;
import static io.sdros.server.bitstream.Units.slice;
import static io.sdros.server.bitstream.Units.sps;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An SPS that says that pictures come in order, and nothing else that it did not say before. */
class InOrderSetsTest {

    /** As NVENC writes it for Main, without a word about the order: timing, no HRD, {@code bitstream_restriction_flag} 0. */
    private static final byte[] TIMING_ONLY = new Bits().put(8, 77).put(8, 0x40).put(8, 31).code(0).code(4).code(0).code(4)
            .code(3).put(1, 0).code(79).code(44).put(1, 1).put(1, 1).put(1, 0).put(1, 1)
            .put(4, 0).put(1, 1).put(32, 1).put(32, 60).put(1, 1).put(2, 0).put(1, 1).put(1, 0).nal(0x67);
    private static final byte[] PPS = pps(0, 0);

    private record Line(String name, byte[] sps, int reorder) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** What x264 writes: crops, 4:2:2, 4:4:4, fields, with and without VUI; and what others write. */
    static Stream<Line> lines() throws Exception {
        Stream<Line> written = SequenceInfoTest.lines().filter(line -> !line.hevc())
                .map(line -> new Line(line.toString(), line.sps(), line.reorder()));
        return Stream.concat(written, Stream.of(new Line("timing only", TIMING_ONLY, 0), new Line("without VUI", sps(0, 40, 23), 0),
                new Line("fields", fieldSps(3), 0)));
    }

    private static SequenceInfo info(byte[] sps) {
        return H264Syntax.SOME.sequence(new Rbsp().over(sps, 1, sps.length)).orElseThrow();
    }

    private static SequenceInfo inOrder(SequenceInfo info) {
        return new SequenceInfo(info.codec(), info.id(), info.profile(), info.level(), info.width(), info.height(),
                info.chroma(), info.bitDepth(), info.sarWidth(), info.sarHeight(), OptionalInt.of(0), info.frames(), 1);
    }

    private static byte[] changed(byte[] unit) {
        return new InOrderSets().in(unit, 0);
    }

    private static byte[] changedSps(byte[] sps) {
        return new InOrderSequence().of(sps, 0, sps.length).orElse(sps);
    }

    @ParameterizedTest
    @MethodSource("lines")
    void everythingElseStaysAsItIs(Line line) {
        SequenceInfo before = info(line.sps);
        byte[] after = changedSps(line.sps);
        assertThat(info(after)).isEqualTo(inOrder(before));
        assertThat(Arrays.equals(after, line.sps)).as("untouched").isEqualTo(before.inOrder());
        H264Sequence sequence = new H264Sequence(new Rbsp().over(after, 1, after.length));
        sequence.read();
        assertThat(sequence.bufferedFrames()).as("a legal buffer").isBetween(sequence.referenceFrames(), 16);
        assertThat(HexFormat.ofDelimiter(" ").formatHex(after)).doesNotContain("00 00 00", "00 00 01", "00 00 02");
        assertThat(changedSps(after)).as("once is enough").isEqualTo(after);
    }

    @Test
    void goldenBytes() {
        // x264 with three B pictures in a row: max_num_reorder_frames 2, max_dec_frame_buffering 4.
        byte[] reordering = HexFormat.of().parseHex("674d400dec80a0cd8088000003000800000301e078a14cb0");
        assertThat(info(reordering).reorderFrames()).hasValue(2);
        assertThat(HexFormat.of().formatHex(changedSps(reordering))).isEqualTo("674d400dec80a0cd8088000003000800000301e078a152c0");
    }

    @Test
    void onlyTheSpsOfAUnitIsChanged() {
        byte[] sps = sps(0, 40, 23);
        byte[] front = {9, 9, 9};
        byte[] unit = joined(front, annexB(DELIMITER, sps, sps, PPS, idr(0, 0)), new byte[5]);
        byte[] after = changedSps(sps);
        assertThat(new InOrderSets().in(unit, front.length))
                .isEqualTo(joined(front, annexB(DELIMITER, after, after, PPS, idr(0, 0)), new byte[5]));
        byte[] right = annexB(DELIMITER, after, PPS, idr(0, 0));
        assertThat(changed(right)).isSameAs(right);
        byte[] without = annexB(slice(0, 0, 0), sps);
        assertThat(changed(without)).as("behind the first slice").isSameAs(without);
    }

    @Test
    void whatIsNotUnderstoodStaysAsItIs() {
        for (byte[] damaged : List.of(new byte[] {0x67}, new byte[] {0x67, 66, 0, 31}, Arrays.copyOf(TIMING_ONLY, 12))) {
            assertThat(new InOrderSequence().of(damaged, 0, damaged.length)).isEqualTo(Optional.empty());
        }
    }

    @Test
    void baselineIsInOrderAtOnceAndOthersAfterAGroupWithoutB() {
        Inspected baseline = Inspected.h264();
        assertThat(baseline.inspector.inOrder()).isFalse();
        assertThat(baseline.flagged(annexB(sps(0, 40, 23), PPS, idr(0, 0))).inspector.inOrder()).isTrue();

        Inspected main = Inspected.h264();
        byte[] keyframe = annexB(TIMING_ONLY, PPS, idr(0, 0));
        assertThat(main.flagged(keyframe).inspector.inOrder()).isFalse();
        assertThat(main.plain(annexB(slice(0, 0, 0))).inspector.inOrder()).isFalse();
        assertThat(main.flagged(keyframe).inspector.inOrder()).isTrue();
        assertThat(main.plain(annexB(slice(0, 1, 0))).inspector.inOrder()).as("a B picture").isFalse();
        assertThat(main.flagged(keyframe).inspector.inOrder()).as("for good").isFalse();
        main.inspector.restart();
        assertThat(main.flagged(keyframe).inspector.inOrder()).as("another encoder").isFalse();
        assertThat(main.flagged(keyframe).inspector.inOrder()).isTrue();
    }
}
