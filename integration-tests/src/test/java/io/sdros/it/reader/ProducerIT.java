package io.sdros.it.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.CProgram;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.TestClip;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The two example producers on what ffmpeg writes, against what ffprobe and the Java reader make of it. */
final class ProducerIT {

    private static final int SECONDS = 2;
    private static final Duration ENCODING = Duration.ofSeconds(120);
    private static final Pattern WRITTEN = Pattern.compile("frames written: (\\d+), refused: (\\d+)");

    /** How ffmpeg is to encode; the names are those of the encoder's options. */
    private enum Encoding {
        DELIMITERS("h264", TestClip.ONE_SLICE_WITH_DELIMITERS),
        NO_DELIMITERS("h264", "aud=0:repeat-headers=1:sliced-threads=0:slices=1"),
        SLICES("h264", "aud=1:repeat-headers=1:sliced-threads=0:slices=4"),
        SLICES_NO_DELIMITERS("h264", "aud=0:repeat-headers=1:sliced-threads=0:slices=4"),
        HEVC("hevc", "log-level=error:aud=0:repeat-headers=1:keyint=30:min-keyint=30:scenecut=0:pools=1"),
        HEVC_SLICES("hevc", "log-level=error:aud=1:repeat-headers=1:keyint=30:min-keyint=30:scenecut=0:pools=1:slices=3");

        private final String format;
        private final String options;

        Encoding(String format, String options) {
            this.format = format;
            this.options = options;
        }

        int codec() {
            return format.equals("hevc") ? 2 : 1;
        }

        Path clip() {
            return format.equals("hevc") ? hevc(options) : TestClip.encoded(SECONDS, options);
        }
    }

    /** One access unit as ffprobe sees it. */
    private record Packet(byte[] bytes, boolean keyframe) {
    }

    private static Path hevc(String x265Options) {
        Path clip = WorkDirectory.newFile("clip", ".hevc");
        ChildProcess.run("ffmpeg", List.of(Tool.command("ffmpeg"), "-hide_banner", "-loglevel", "error", "-y",
                "-f", "lavfi", "-i", "testsrc2=size=320x192:rate=30", "-t", Integer.toString(SECONDS),
                "-pix_fmt", "yuv420p", "-c:v", "libx265", "-preset", "ultrafast", "-tune", "zerolatency",
                "-x265-params", x265Options, "-f", "hevc", clip.toString()), ENCODING);
        return clip;
    }

    private static List<Packet> packets(Path clip, String format) throws IOException {
        byte[] bytes = Files.readAllBytes(clip);
        List<Packet> packets = new ArrayList<>();
        int next = 0;
        for (String line : ChildProcess.run("ffprobe", List.of(Tool.command("ffprobe"), "-v", "error", "-f", format,
                "-show_entries", "packet=size,flags", "-of", "csv=p=0", clip.toString()), ENCODING).lines().toList()) {
            String[] fields = line.split(",");
            int end = next + Integer.parseInt(fields[0]);
            int start = withZeroByte(bytes, next);
            packets.add(new Packet(Arrays.copyOfRange(bytes, start, withZeroByte(bytes, end)),
                    fields[1].startsWith("K")));
            next = end;
        }
        assertThat(next).as("ffprobe's packets are the whole file").isEqualTo(bytes.length);
        return packets;
    }

    /**
     * ffprobe's HEVC parser leaves the first byte of a four-byte start code with the access unit before; by the
     * standard (H.265, B.1) it belongs to the one that begins there.
     */
    private static int withZeroByte(byte[] bytes, int at) {
        boolean threeByteStartCode = at > 0 && at + 2 < bytes.length && bytes[at] == 0 && bytes[at + 1] == 0
                && bytes[at + 2] == 1;
        return threeByteStartCode && bytes[at - 1] == 0 ? at - 1 : at;
    }

    private static List<String> python(String codec, Path region) {
        return List.of(Tool.command("python3"), Tool.repositoryFile("docs/examples/producer.py").toString(),
                "--codec", codec, "--fps", "0", "--path", region.toString());
    }

    private static List<String> c(String codec, Path region) {
        return List.of(CProgram.compile(Tool.repositoryFile("docs/examples/producer.c")).toString(),
                "-c", codec, "-r", "0", "-p", region.toString());
    }

    private static Stream<Arguments> producersAndEncodings() {
        return Arrays.stream(Encoding.values()).flatMap(encoding ->
                Stream.of(Arguments.of("python", encoding), Arguments.of("c", encoding)));
    }

    /** Each access unit is given to the producer once the one before the last has been read: no frame can be lost. */
    @ParameterizedTest
    @MethodSource("producersAndEncodings")
    void writesWhatFfprobeCounts(String language, Encoding encoding) throws IOException {
        List<Packet> packets = packets(encoding.clip(), encoding.format);
        assertThat(packets).hasSize(SECONDS * TestClip.FRAMES_PER_SECOND);
        try (TempRegion region = TempRegion.create();
                ChildProcess producer = ChildProcess.start("producer-" + language, language.equals("c")
                        ? c(encoding.format, region.path()) : python(encoding.format, region.path()), Map.of());
                FrameListing listing = FrameListing.start(FrameListing.Reader.JAVA, region.path(), true)) {
            for (int i = 0; i < packets.size(); i++) {
                producer.send(packets.get(i).bytes);
                listing.await(i);
            }
            producer.endInput();
            List<FrameListing.Line> frames = listing.await(packets.size());

            assertThat(producer.awaitLine(WRITTEN, Deadlines.SOON).group(1)).isEqualTo(packets.size() + "");
            assertThat(producer.awaitExit(Deadlines.SOON)).isZero();
            assertThat(frames).hasSize(packets.size());
            for (int i = 0; i < packets.size(); i++) {
                assertSame(frames.get(i), packets.get(i), i + 1, encoding.codec());
            }
            assertThat(frames).filteredOn(frame -> frame.flags() == VideoFrame.KEYFRAME).hasSize(SECONDS);
            assertThat(listing.remarks()).noneMatch(line -> line.startsWith("discontinuity"));
        }
    }

    private static void assertSame(FrameListing.Line frame, Packet packet, long number, int codec) {
        assertThat(frame.frameSeq()).isEqualTo(number);
        assertThat(frame.flags()).as("flags of frame %s", number).isEqualTo(packet.keyframe ? 1 : 0);
        assertThat(frame.codec()).isEqualTo(codec);
        assertThat(frame.payloadSha256()).as("payload of frame %s", number)
                .isEqualTo(FrameListing.sha256(packet.bytes));
    }

    /** The one line of the producer's own usage text, with a {@code tee} in it. */
    @Test
    void readsFfmpegThroughAPipe() throws IOException {
        Path copy = WorkDirectory.newFile("piped", ".h264");
        try (TempRegion region = TempRegion.create()) {
            String line = Tool.command("ffmpeg") + " -v error -f lavfi -i testsrc2=size=320x180:rate=30 -t " + SECONDS
                    + " -pix_fmt yuv420p -c:v libx264 -profile:v baseline -tune zerolatency -g 30 -bf 0 -f h264 - | tee '"
                    + copy + "' | " + Tool.command("python3") + " '"
                    + Tool.repositoryFile("docs/examples/producer.py") + "' --fps 120 --path '" + region.path() + "'";
            String said = ChildProcess.run("pipe", List.of("sh", "-c", line), ENCODING);

            List<Packet> packets = packets(copy, "h264");
            assertThat(packets).hasSize(SECONDS * TestClip.FRAMES_PER_SECOND);
            assertThat(said).contains("frames written: " + packets.size() + ", refused: 0");
            byte[] last = packets.get(packets.size() - 1).bytes;
            byte[] stored = Files.readAllBytes(region.path());
            assertThat(Arrays.copyOfRange(stored, 48, 48 + last.length)).isEqualTo(last);
            assertThat(stored[0]).isEqualTo((byte) packets.size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"python", "c"})
    void refusesWhatDoesNotFitAndGoesOn(String language) throws IOException {
        Path clip = TestClip.encoded(SECONDS, TestClip.ONE_SLICE_WITH_DELIMITERS);
        List<Packet> packets = packets(clip, "h264");
        int regionBytes = 48 + packets.stream().mapToInt(packet -> packet.bytes.length).sorted()
                .skip(packets.size() / 2).findFirst().getAsInt();
        long fitting = packets.stream().filter(packet -> 48 + packet.bytes.length <= regionBytes).count();
        try (TempRegion region = TempRegion.create()) {
            List<String> command = new ArrayList<>(language.equals("c")
                    ? c("h264", region.path()) : python("h264", region.path()));
            command.addAll(List.of(language.equals("c") ? "-s" : "--size", Integer.toString(regionBytes)));
            try (ChildProcess producer = ChildProcess.start("producer-small", command)) {
                producer.send(Files.readAllBytes(clip));
                producer.endInput();

                assertThat(producer.awaitLine(WRITTEN, Deadlines.SOON).group(0)).isEqualTo("frames written: "
                        + fitting + ", refused: " + (packets.size() - fitting));
                assertThat(producer.awaitExit(Deadlines.SOON)).isZero();
            }
        }
    }

    @Test
    void takesItsMemoryWhateverSignalsComeMeanwhile() {
        Path program = CProgram.compile(Path.of("src", "test", "c", "open_interrupted.c"));
        try (TempRegion region = TempRegion.create()) {
            assertThat(ChildProcess.run("open-interrupted", List.of(program.toString(), region.path().toString()),
                    Deadlines.SOON)).isEqualTo("history: all of it");
        }
    }
}
