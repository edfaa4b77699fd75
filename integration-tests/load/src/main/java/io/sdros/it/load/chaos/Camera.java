package io.sdros.it.load.chaos;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.TestClip;
import io.sdros.it.support.VideoFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32;

/**
 * Writes real H.264 into a region, 30 pictures a second, each with its camera and number in an SEI message, and keeps what
 * each frame's bytes were. The upper half of a frame_seq is the camera's number, so that a frame says whose it is; frame_id is
 * the {@link System#nanoTime} of the commit. All methods are for any thread.
 */
final class Camera implements AutoCloseable {

    static final Duration INTERVAL = Duration.ofSeconds(1).dividedBy(TestClip.FRAMES_PER_SECOND);

    private static final int CLIP_SECONDS = 3;
    /** Half a second: nobody asks this encoder for a keyframe. */
    static final int GROUP = 15;
    private static final int KEPT_FRAMES = 20_000;
    private static final byte[] DELIMITER = {0, 0, 0, 1, 9};
    private static final int DELIMITER_BYTES = 6;
    /** SEI, user data unregistered; a length follows. */
    private static final byte[] SEI = {0, 0, 0, 1, 6, 5};
    private static final int UUID_BYTES = 16;
    private static final byte STOP_BIT = (byte) 0x80;

    /** A frame as it was written. */
    record Committed(long nanos, long crc) {
    }

    private final int number;
    private final RegionWriter writer;
    private final List<byte[]> pictures;
    private final NavigableMap<Long, Committed> committed = new ConcurrentSkipListMap<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Thread thread;
    private final Object turn = new Object();
    // Guarded by turn.
    private boolean paused;
    private int next;

    private Camera(int number, Path region, List<byte[]> pictures) {
        this.number = number;
        this.pictures = pictures;
        writer = RegionWriter.open(region).continueAt(((long) number << Integer.SIZE) + 1);
        thread = new Thread(this::run, "camera-" + number);
        thread.setDaemon(true);
    }

    /** @param number from 1 to 127 */
    static Camera start(int number, Path region) {
        try {
            Camera camera = new Camera(number, region, pictures(Files.readAllBytes(TestClip.withGroupOf(GROUP, CLIP_SECONDS))));
            camera.thread.start();
            return camera;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whose frame it is. */
    static int numberOf(long frameSeq) {
        return (int) (frameSeq >>> Integer.SIZE);
    }

    static long crcOf(byte[] bytes, int offset, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, offset, length);
        return crc.getValue();
    }

    private static List<byte[]> pictures(byte[] stream) {
        List<byte[]> pictures = new ArrayList<>();
        int from = 0;
        for (int at = 1; at <= stream.length; at++) {
            if (at == stream.length || Arrays.mismatch(stream, at, Math.min(stream.length, at + DELIMITER.length), DELIMITER, 0,
                    DELIMITER.length) < 0) {
                pictures.add(Arrays.copyOfRange(stream, from, at));
                from = at;
            }
        }
        return pictures;
    }

    private void run() {
        while (!stopped.get()) {
            synchronized (turn) {
                if (!paused) {
                    write();
                }
            }
            // From now, not from when the frame was due: frames in a burst would replace each other in the one slot.
            Await.pause(INTERVAL.toNanos());
        }
    }

    private void write() {
        long seq = writer.sequence() + 1;
        boolean keyframe = next % GROUP == 0;
        byte[] payload = named(pictures.get(next), String.format(Locale.ROOT, "%016x", seq));
        long nowNanos = System.nanoTime();
        int flags = keyframe ? VideoFrame.KEYFRAME : 0;
        byte[] bytes = VideoFrame.of(nowNanos, seq, flags, VideoFrame.H264, payload).headerAndPayload();
        // Before anybody can have it.
        committed.put(seq, new Committed(nowNanos, crcOf(bytes, 0, bytes.length)));
        writer.write(nowNanos, flags, VideoFrame.H264, payload);
        next = (next + 1) % pictures.size();
        if (committed.size() > KEPT_FRAMES) {
            committed.pollFirstEntry();
        }
    }

    /** With the text in an SEI message behind the delimiter; digits need no emulation prevention. */
    private static byte[] named(byte[] picture, String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(picture.length + DELIMITER_BYTES + Long.BYTES * Long.BYTES);
        bytes.write(picture, 0, DELIMITER_BYTES);
        bytes.writeBytes(SEI);
        byte[] data = text.getBytes(StandardCharsets.US_ASCII);
        bytes.write(UUID_BYTES + data.length);
        bytes.writeBytes("sdr-relay-chaos!".getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(data);
        bytes.write(STOP_BIT);
        bytes.write(picture, DELIMITER_BYTES, picture.length - DELIMITER_BYTES);
        return bytes.toByteArray();
    }

    int number() {
        return number;
    }

    /** Writes no more until {@link #goOn}. */
    void pause() {
        synchronized (turn) {
            paused = true;
        }
    }

    /** Writes a keyframe, paused or not. */
    void keyframe() {
        synchronized (turn) {
            next = 0;
            write();
        }
    }

    void goOn() {
        synchronized (turn) {
            paused = false;
        }
    }

    /** The frame of that number; null if it was not written, or long ago. */
    Committed committed(long frameSeq) {
        return committed.get(frameSeq);
    }

    /** How many frames have been written. */
    long written() {
        synchronized (turn) {
            return writer.sequence() - ((long) number << Integer.SIZE);
        }
    }

    /** The longest time between two frames of those written from then to then. */
    long longestPauseNanos(long fromNanos, long toNanos) {
        long longest = 0;
        long before = 0;
        for (Committed frame : committed.values()) {
            if (before != 0 && frame.nanos - fromNanos > 0 && before - toNanos < 0) {
                longest = Math.max(longest, frame.nanos - before);
            }
            before = frame.nanos;
        }
        return longest;
    }

    @Override
    public void close() {
        stopped.set(true);
        try {
            thread.join(Deadlines.SOON.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
