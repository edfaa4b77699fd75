package io.sdros.it.bitstream;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Tool;
import io.sdros.it.support.WorkDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Short streams by x264 and x265, and what ffmpeg decodes of any stream: one checksum per picture. */
final class EncodedClip {

    /** Pictures from one keyframe to the next. */
    static final int GROUP = 10;

    private static final Duration WORK = Duration.ofSeconds(120);

    private EncodedClip() {
    }

    /** Pictures of H.264, a keyframe every {@link #GROUP}, with delimiters, and parameter sets in each keyframe. */
    static List<List<Nal>> h264(int pictures, String x264Options) {
        return encoded(pictures, "yuv420p", "h264", "libx264", "-x264-params",
                "aud=1:repeat-headers=1:sliced-threads=0:keyint=" + GROUP + ":min-keyint=" + GROUP + ":scenecut=0:" + x264Options);
    }

    static List<List<Nal>> h264(int pictures, String pixels, String x264Options) {
        return encoded(pictures, pixels, "h264", "libx264", "-x264-params",
                "aud=1:repeat-headers=1:sliced-threads=0:keyint=" + GROUP + ":min-keyint=" + GROUP + ":scenecut=0:" + x264Options);
    }

    /** The same of HEVC. */
    static List<List<Nal>> hevc(int pictures, String x265Options) {
        return encoded(pictures, "yuv420p", "hevc", "libx265", "-x265-params",
                "log-level=error:aud=1:repeat-headers=1:keyint=" + GROUP + ":min-keyint=" + GROUP + ":scenecut=0:pools=1:" + x265Options);
    }

    private static List<List<Nal>> encoded(int pictures, String pixels, String format, String encoder, String option,
            String parameters) {
        Path clip = WorkDirectory.newFile("bitstream", "." + format);
        ChildProcess.run("ffmpeg", List.of(Tool.command("ffmpeg"), "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi",
                "-i", "testsrc2=size=320x192:rate=30", "-frames:v", Integer.toString(pictures), "-pix_fmt", pixels,
                "-c:v", encoder, "-preset", "ultrafast", option, parameters, "-f", format, clip.toString()), WORK);
        try {
            return Nal.pictures(Files.readAllBytes(clip), format.equals("hevc"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Checksums of the decoded pictures. A word of the decoder about an error fails the test. */
    static List<String> decoded(byte[] stream, boolean hevc) {
        String format = hevc ? "hevc" : "h264";
        Path file = WorkDirectory.newFile("decode", "." + format);
        try {
            Files.write(file, stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> sums = new ArrayList<>();
        for (String line : ChildProcess.run("ffmpeg-decode", List.of(Tool.command("ffmpeg"), "-v", "error", "-f", format,
                "-i", file.toString(), "-f", "framemd5", "-"), WORK).lines().toList()) {
            if (line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split(",");
            if (columns.length < 6) {
                throw new AssertionError("the decoder complains: " + line);
            }
            sums.add(columns[5].strip());
        }
        return sums;
    }
}
