package io.sdros.it.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/** H.264 made by ffmpeg: moving colours, 30 pictures a second, a keyframe every 30. */
public final class TestClip {

    public static final int FRAMES_PER_SECOND = 30;

    /** From one keyframe to the next. */
    public static final Duration GROUP = Duration.ofSeconds(1);

    public static final String ONE_SLICE_WITH_DELIMITERS = "aud=1:repeat-headers=1:sliced-threads=0:slices=1";

    private static final Duration ENCODING = Duration.ofSeconds(120);

    private TestClip() {
    }

    /** A clip of some seconds; made once per build. */
    public static Path seconds(int seconds) {
        return encoded(seconds, ONE_SLICE_WITH_DELIMITERS);
    }

    /** As above with other options for x264. */
    public static Path encoded(int seconds, String x264Options) {
        return encoded(seconds, FRAMES_PER_SECOND, x264Options);
    }

    /** A clip with another number of pictures from one keyframe to the next. */
    public static Path withGroupOf(int pictures, int seconds) {
        return encoded(seconds, pictures, ONE_SLICE_WITH_DELIMITERS);
    }

    private static Path encoded(int seconds, int group, String x264Options) {
        Path clip = WorkDirectory.path().resolve(
                "clip-" + seconds + "s-g" + group + "-" + Integer.toHexString(x264Options.hashCode()) + ".h264");
        if (Files.exists(clip)) {
            return clip;
        }
        Path unfinished = WorkDirectory.newFile("clip", ".h264");
        ChildProcess.run("ffmpeg", List.of(Tool.command("ffmpeg"), "-hide_banner", "-loglevel", "error", "-y",
                "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=" + FRAMES_PER_SECOND, "-t", Integer.toString(seconds),
                "-pix_fmt", "yuv420p", "-c:v", "libx264", "-profile:v", "baseline", "-level", "3.1",
                "-preset", "ultrafast", "-tune", "zerolatency", "-g", Integer.toString(group),
                "-keyint_min", Integer.toString(group), "-sc_threshold", "0",
                "-x264-params", x264Options, "-f", "h264", unfinished.toString()), ENCODING);
        try {
            return Files.move(unfinished, clip, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many pictures ffmpeg decodes from a file. Any word it says about an error fails the test. */
    public static int picturesDecoded(Path file) {
        String errors = ChildProcess.run("ffmpeg-decode", List.of(Tool.command("ffmpeg"), "-v", "error", "-xerror",
                "-err_detect", "explode", "-f", "h264", "-i", file.toString(), "-f", "null", "-"), ENCODING);
        if (!errors.isEmpty()) {
            throw new AssertionError("the decoder complains: " + errors);
        }
        return Integer.parseInt(ChildProcess.run("ffprobe", List.of(Tool.command("ffprobe"), "-v", "error",
                "-f", "h264", "-count_frames", "-select_streams", "v:0", "-show_entries", "stream=nb_read_frames",
                "-of", "csv=p=0", file.toString()), ENCODING).strip());
    }
}
