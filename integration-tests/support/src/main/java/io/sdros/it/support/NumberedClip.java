package io.sdros.it.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Pictures that carry their own number, so that a test can read from the canvas which one is shown. Eighteen blocks of
 * 16 by 16 pixels, the first at x = 16, their upper edge 32 pixels above the lower edge of the picture: white, black, then the
 * number in 16 bits, most significant first. What was encoded once is kept: drawing takes ffmpeg seconds.
 */
public final class NumberedClip {

    /** A keyframe each so many pictures. */
    public static final int GROUP = 30;

    private static final Duration ENCODING = Duration.ofSeconds(120);
    private static final byte[] H264_DELIMITER = {0, 0, 0, 1, 9};
    private static final byte[] JPEG_START = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};
    /** By the words for ffmpeg, without the name of the file. */
    private static final Map<List<String>, byte[]> ENCODED = new ConcurrentHashMap<>();

    private NumberedClip() {
    }

    /** One access unit per picture, numbered from {@code first} on. */
    public static List<byte[]> h264(int width, int height, int first, int pictures) {
        return split(encode(width, height, first, pictures, List.of("-c:v", "libx264", "-profile:v", "baseline",
                "-preset", "ultrafast", "-tune", "zerolatency", "-g", Integer.toString(GROUP),
                "-keyint_min", Integer.toString(GROUP), "-sc_threshold", "0",
                "-x264-params", TestClip.ONE_SLICE_WITH_DELIMITERS, "-f", "h264")), H264_DELIMITER);
    }

    /** The same with two B-frames between all others: the access units come in the order in which they are decoded. */
    public static List<byte[]> h264WithBFrames(int width, int height, int first, int pictures) {
        return split(encode(width, height, first, pictures, List.of("-c:v", "libx264", "-profile:v", "main",
                "-preset", "ultrafast", "-bf", "2", "-b_strategy", "0", "-g", Integer.toString(GROUP),
                "-keyint_min", Integer.toString(GROUP), "-sc_threshold", "0",
                "-x264-params", TestClip.ONE_SLICE_WITH_DELIMITERS + ":open-gop=0", "-f", "h264")), H264_DELIMITER);
    }

    /**
     * A stream of H.264 of 320 by 192 pixels, reddish (Cb 90, Cr 170) without a word about its colours, with delimiters,
     * parameter sets in each keyframe, and one slice per picture unless the options say otherwise.
     *
     * @param x264Options   behind the usual ones
     * @param ffmpegOptions for what x264 is not told
     */
    public static byte[] h264Stream(int first, int pictures, int group, String x264Options, String... ffmpegOptions) {
        List<String> codec = new ArrayList<>(List.of("-c:v", "libx264", "-preset", "ultrafast",
                "-x264-params", TestClip.ONE_SLICE_WITH_DELIMITERS + ":repeat-headers=1:bframes=0:scenecut=0:keyint=" + group
                        + ":min-keyint=" + group + ":" + x264Options));
        codec.addAll(List.of(ffmpegOptions));
        codec.addAll(List.of("-f", "h264"));
        return run(20, 12, "geq=lum='" + luma("X-1", "eq(Y,10)*between(X,1,18)", "16*X", first)
                + "':cb=90:cr=170,scale=320:192:flags=neighbor", pictures, codec);
    }

    /** One JPEG per picture, numbered from {@code first} on. */
    public static List<byte[]> jpeg(int width, int height, int first, int pictures) {
        return split(encode(width, height, first, pictures,
                List.of("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "3", "-f", "mjpeg")), JPEG_START);
    }

    private static byte[] encode(int width, int height, int first, int pictures, List<String> codec) {
        int top = height - 32;
        String blocks = "between(Y," + top + "," + (top + 15) + ")*between(X,16,303)";
        return run(width, height, "geq=lum='" + luma("floor((X-16)/16)", blocks, "X", first) + "':cb=128:cr=128", pictures, codec);
    }

    /**
     * An expression for ffmpeg.
     *
     * @param block  which one, from 0 on
     * @param blocks whether it is one
     * @param column in pixels of the picture that comes of it
     */
    private static String luma(String block, String blocks, String column, int first) {
        String bit = "mod(floor((N+" + first + ")/pow(2,17-(" + block + "))),2)";
        return "if(" + blocks + ",if(eq(" + block + ",0),235,if(eq(" + block + ",1),16,16+219*" + bit + ")),60+mod("
                + column + "+4*N,100))";
    }

    private static byte[] run(int width, int height, String filter, int pictures, List<String> codec) {
        List<String> command = new ArrayList<>(List.of(Tool.command("ffmpeg"), "-hide_banner", "-loglevel", "error", "-y",
                "-f", "lavfi", "-i", "color=gray:size=" + width + "x" + height + ":rate=30",
                "-vf", "format=yuv420p," + filter,
                "-frames:v", Integer.toString(pictures)));
        command.addAll(codec);
        return ENCODED.computeIfAbsent(command, NumberedClip::run);
    }

    private static byte[] run(List<String> words) {
        Path file = WorkDirectory.newFile("numbered", ".video");
        List<String> command = new ArrayList<>(words);
        command.add(file.toString());
        ChildProcess.run("ffmpeg-numbered", command, ENCODING);
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<byte[]> split(byte[] stream, byte[] start) {
        List<byte[]> parts = new ArrayList<>();
        int from = 0;
        for (int at = 1; at <= stream.length; at++) {
            boolean ends = at == stream.length
                    || Arrays.mismatch(stream, at, Math.min(stream.length, at + start.length), start, 0, start.length) < 0;
            if (ends) {
                parts.add(Arrays.copyOfRange(stream, from, at));
                from = at;
            }
        }
        return parts;
    }
}
