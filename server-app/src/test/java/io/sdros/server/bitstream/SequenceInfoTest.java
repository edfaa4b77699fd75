package io.sdros.server.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SPS that x264 and x265 wrote, against what ffprobe says of them. The file is made by
 * integration-tests/src/test/scripts/make-sequence-sets.py, which names its columns.
 */
class SequenceInfoTest {

    record Line(String name, String codec, byte[] sps, int width, int height, String profile, int level,
            String pixels, String shape, int reorder, boolean fields) {

        static Line of(String text) {
            String[] column = text.split("\t");
            return new Line(column[0], column[1], HexFormat.of().parseHex(column[2]), Integer.parseInt(column[3]),
                    Integer.parseInt(column[4]), column[5], Integer.parseInt(column[6]), column[7], column[8],
                    Integer.parseInt(column[9]), column[10].equals("fields"));
        }

        boolean hevc() {
            return codec.equals("hevc");
        }

        NalSyntax syntax() {
            return hevc() ? HevcSyntax.SOME : H264Syntax.SOME;
        }

        int chroma() {
            if (name.contains("gray")) {
                return 0;
            }
            return pixels.contains("444") ? 3 : pixels.contains("422") ? 2 : 1;
        }

        int bitDepth() {
            return pixels.endsWith("10le") ? 10 : pixels.endsWith("12le") ? 12 : 8;
        }

        int profileNumber() {
            return switch (profile) {
                case "Constrained Baseline" -> 66;
                case "Main" -> codec.equals("hevc") ? 1 : 77;
                case "Main 10" -> 2;
                case "Rext" -> 4;
                case "High" -> 100;
                case "High 10" -> 110;
                case "High 4:2:2" -> 122;
                case "High 4:4:4 Predictive" -> 244;
                default -> throw new AssertionError(profile);
            };
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Line> lines() throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(Objects.requireNonNull(
                SequenceInfoTest.class.getResourceAsStream("sequence-sets.tsv")), StandardCharsets.UTF_8))) {
            List<Line> lines = reader.lines().map(Line::of).toList();
            return lines.stream();
        }
    }

    private static Rbsp content(Line line, int lengthBytes) {
        return new Rbsp().over(line.sps, line.syntax().headerBytes(), lengthBytes);
    }

    @ParameterizedTest
    @MethodSource("lines")
    void saysWhatFfprobeSays(Line line) {
        SequenceInfo info = line.syntax().sequence(content(line, line.sps.length)).orElseThrow();
        assertThat(info.width()).as("width").isEqualTo(line.width);
        assertThat(info.height()).as("height").isEqualTo(line.height);
        assertThat(info.profile()).as("profile").isEqualTo(line.profileNumber());
        assertThat(info.level()).as("level").isEqualTo(line.level);
        assertThat(info.chroma()).as("chroma").isEqualTo(line.chroma());
        assertThat(info.bitDepth()).as("bits").isEqualTo(line.bitDepth());
        assertThat(info.sarWidth() == 0 ? "-" : info.sarWidth() + ":" + info.sarHeight()).isEqualTo(line.shape);
        assertThat(info.refusedByMany()).isEqualTo(line.chroma() > 1 || line.bitDepth() > 8);
        assertThat(info.id()).isZero();
        if (line.name.contains("without VUI") || line.name.equals("h264 keyint=1")) {
            assertThat(info.reorderFrames()).isEmpty();
            assertThat(info.reorders() || info.inOrder()).isFalse();
        } else {
            assertThat(info.reorderFrames()).as("order").hasValue(line.reorder);
            assertThat(info.inOrder()).isEqualTo(line.reorder == 0);
        }
        if (line.fields) {
            assertThat(info.frames()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("lines")
    void theIdIsReadWithoutTheRest(Line line) {
        assertThat(line.syntax().sequenceId(content(line, line.sps.length))).isZero();
    }

    @ParameterizedTest
    @MethodSource("lines")
    void oneThatIsCutShortIsNotUnderstood(Line line) {
        int understood = 0;
        for (int length = line.syntax().headerBytes(); length < line.sps.length - 1; length++) {
            understood += line.syntax().sequence(content(line, length)).isPresent() ? 1 : 0;
        }
        // What follows the shape of a pixel in HEVC is not read, and may lie in the bytes that are missing.
        assertThat(understood).isLessThanOrEqualTo(line.codec.equals("hevc") ? line.sps.length / 2 : 1);
    }

    @Test
    void thereAreMoreThanSeventySeven() throws IOException {
        assertThat(lines().map(line -> HexFormat.of().formatHex(line.sps)).distinct().count()).isGreaterThan(77);
        assertThat(lines().filter(line -> HexFormat.of().formatHex(line.sps).contains("000003"))).hasSizeGreaterThan(50);
    }
}
