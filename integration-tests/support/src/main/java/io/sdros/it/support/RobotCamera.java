package io.sdros.it.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The example producers on a robot's camera: 60 pictures a second of 20 KB each, a keyframe a second. Each frame's
 * frame_id is when the producer began to write it.
 */
public final class RobotCamera {

    public static final int FRAMES_PER_SECOND = 60;

    private static final int BITS_PER_SECOND = FRAMES_PER_SECOND * 20_000 * Byte.SIZE;
    private static final Duration ENCODING = Duration.ofSeconds(300);

    /** Which producer. */
    public enum Producer { C, PYTHON }

    private RobotCamera() {
    }

    /** Starts a producer; it ends after so many seconds. */
    public static ChildProcess start(Producer producer, TempRegion region, boolean history, int seconds) {
        String rate = Integer.toString(FRAMES_PER_SECOND);
        List<String> words = new ArrayList<>(producer == Producer.C
                ? List.of(CProgram.compile(Tool.repositoryFile("docs/examples/producer.c")).toString(), "-r", rate, "-p",
                        region.path().toString())
                : List.of(Tool.command("python3"), Tool.repositoryFile("docs/examples/producer.py").toString(), "--fps", rate,
                        "--path", region.path().toString()));
        if (!history) {
            words.addAll(List.of(producer == Producer.C ? "-H" : "--history", "0"));
        }
        return start(words, seconds);
    }

    /** Starts a producer of one's own, which is given the camera's H.264 on its standard input: so many seconds of it, at once. */
    public static ChildProcess start(List<String> words, int seconds) {
        return ChildProcess.start("camera", List.of("sh", "-c", "exec '" + String.join("' '", words) + "' < '" + clip(seconds) + "'"));
    }

    /** Noise, since nothing else fills the bits of 20 KB a picture at this size. */
    private static Path clip(int seconds) {
        Path clip = WorkDirectory.path().resolve("camera-" + seconds + "s.h264");
        if (Files.exists(clip)) {
            return clip;
        }
        Path unfinished = WorkDirectory.newFile("camera", ".h264");
        String rate = Integer.toString(BITS_PER_SECOND);
        ChildProcess.run("ffmpeg", List.of(Tool.command("ffmpeg"), "-hide_banner", "-loglevel", "error", "-y",
                "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=" + FRAMES_PER_SECOND + ",noise=alls=40:allf=t",
                "-t", Integer.toString(seconds), "-pix_fmt", "yuv420p", "-c:v", "libx264", "-profile:v", "baseline",
                "-preset", "ultrafast", "-tune", "zerolatency", "-g", Integer.toString(FRAMES_PER_SECOND), "-sc_threshold", "0",
                "-b:v", rate, "-maxrate", rate, "-bufsize", Integer.toString(BITS_PER_SECOND / 4),
                "-x264-params", TestClip.ONE_SLICE_WITH_DELIMITERS, "-f", "h264", unfinished.toString()), ENCODING);
        try {
            return Files.move(unfinished, clip, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
