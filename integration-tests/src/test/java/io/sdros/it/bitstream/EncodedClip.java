package io.sdros.it.bitstream;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Tool;
import io.sdros.it.support.WorkDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Short streams by x264 and x265, and what ffmpeg decodes of any stream: one checksum per picture. What was encoded or decoded
 * once is kept.
 */
final class EncodedClip {

    /** Pictures from one keyframe to the next. */
    static final int GROUP = 10;

    private static final Duration WORK = Duration.ofSeconds(120);
    /** By the words for ffmpeg, without the name of the file. */
    private static final Map<List<String>, byte[]> ENCODED = new ConcurrentHashMap<>();
    /** By format and content. */
    private static final Map<Map.Entry<String, ByteBuffer>, List<String>> DECODED = new ConcurrentHashMap<>();

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
        List<String> words = List.of(Tool.command("ffmpeg"), "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi",
                "-i", "testsrc2=size=320x192:rate=30", "-frames:v", Integer.toString(pictures), "-pix_fmt", pixels,
                "-c:v", encoder, "-preset", "ultrafast", option, parameters, "-f", format);
        return Nal.pictures(ENCODED.computeIfAbsent(words, EncodedClip::encode), format.equals("hevc"));
    }

    private static byte[] encode(List<String> words) {
        Path clip = WorkDirectory.newFile("bitstream", ".video");
        List<String> command = new ArrayList<>(words);
        command.add(clip.toString());
        ChildProcess.run("ffmpeg", command, WORK);
        try {
            return Files.readAllBytes(clip);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Checksums of the decoded pictures. A word of the decoder about an error fails the test. */
    static List<String> decoded(byte[] stream, boolean hevc) {
        return DECODED.computeIfAbsent(Map.entry(hevc ? "hevc" : "h264", ByteBuffer.wrap(stream)), EncodedClip::decode);
    }

    private static List<String> decode(Map.Entry<String, ByteBuffer> stream) {
        String format = stream.getKey();
        Path file = WorkDirectory.newFile("decode", "." + format);
        try {
            Files.write(file, stream.getValue().array());
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
        return List.copyOf(sums);
    }
}
