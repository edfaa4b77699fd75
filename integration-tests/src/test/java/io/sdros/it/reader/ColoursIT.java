package io.sdros.it.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.WorkDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What docs/producers.md says that encoders make of a red picture, and what they say of it. */
final class ColoursIT {

    private static final String SIZE = "320x192";
    private static final int PIXELS = 320 * 192;
    /** Of red; limited range. */
    private static final int[] RED_601 = {81, 90, 240};
    private static final int[] RED_709 = {63, 102, 240};
    private static final int ROUNDING = 2;

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "-pix_fmt yuv420p; 601; unknown",
        "-bsf:v h264_metadata=colour_primaries=6:transfer_characteristics=6:matrix_coefficients=6:video_full_range_flag=0;"
                + " 601; smpte170m",
        "-vf scale=out_color_matrix=bt709:out_range=tv; 709; unknown",
        "-vf scale=out_color_matrix=bt709:out_range=tv -color_primaries bt709 -color_trc bt709 -colorspace bt709; 709; bt709",
        "-color_primaries bt709 -color_trc bt709 -colorspace bt709; 601; bt709"})
    void ffmpegDoesWhatItIsSaidTo(String options, int made, String said) throws IOException {
        for (String option : options.split(" (?=-)")) {
            assertThat(Files.readString(Tool.repositoryFile("docs/producers.md"))).contains(option);
        }
        Path clip = WorkDirectory.newFile("red", ".h264");
        List<String> command = new ArrayList<>(List.of(Tool.command("ffmpeg"), "-v", "error", "-y", "-f", "lavfi", "-i",
                "color=red:size=" + SIZE + ",format=rgb24", "-frames:v", "2", "-pix_fmt", "yuv420p", "-c:v", "libx264"));
        command.addAll(Arrays.asList(options.split(" ")));
        command.addAll(List.of("-f", "h264", clip.toString()));
        ChildProcess.run("ffmpeg", command, Deadlines.START);

        assertColours(clip, made, said);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "; x264enc tune=zerolatency; 601; smpte170m", "! video/x-raw,colorimetry=bt709; x264enc tune=zerolatency; 709; bt709",
        "! video/x-raw,colorimetry=bt709; openh264enc; 709; unknown"})
    void gstreamerDoesWhatItIsSaidTo(String filter, String encoder, int made, String said) throws IOException {
        Path clip = WorkDirectory.newFile("red", ".h264");
        try (TempRegion region = TempRegion.create()) {
            ChildProcess.run("gst-producer", List.of(Tool.command("/usr/bin/python3"),
                    Tool.repositoryFile("docs/examples/gst_producer.py").toString(), "--nats", "none", "--path",
                    region.path().toString(), "videotestsrc pattern=red num-buffers=1 ! video/x-raw,format=RGB,width=320,"
                    + "height=192 ! videoconvert " + (filter == null ? "" : filter) + " ! "
                    + encoder.replaceFirst("( |$)", " name=encoder ")), Deadlines.START);
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(region.path())).order(ByteOrder.LITTLE_ENDIAN);
            Files.write(clip, Arrays.copyOfRange(bytes.array(), 48, 16 + (int) bytes.getLong(8)));
        }
        assertColours(clip, made, said);
    }

    private static void assertColours(Path clip, int made, String said) throws IOException {
        assertThat(ChildProcess.run("ffprobe", List.of(Tool.command("ffprobe"), "-v", "error", "-f", "h264", "-show_entries",
                "stream=color_space", "-of", "csv=p=0", clip.toString()), Deadlines.START).strip()).isEqualTo(said);
        Path raw = WorkDirectory.newFile("red", ".yuv");
        ChildProcess.run("ffmpeg", List.of(Tool.command("ffmpeg"), "-v", "error", "-y", "-f", "h264", "-i", clip.toString(),
                "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "yuv420p", raw.toString()), Deadlines.START);
        byte[] planes = Files.readAllBytes(raw);
        int[] expected = made == 601 ? RED_601 : RED_709;
        int[] middles = {PIXELS / 2, PIXELS + PIXELS / 8, PIXELS + PIXELS / 4 + PIXELS / 8};
        for (int plane = 0; plane < middles.length; plane++) {
            assertThat(Byte.toUnsignedInt(planes[middles[plane]])).as("plane %d", plane)
                    .isBetween(expected[plane] - ROUNDING, expected[plane] + ROUNDING);
        }
    }
}
