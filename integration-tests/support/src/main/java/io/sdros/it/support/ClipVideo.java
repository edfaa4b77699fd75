package io.sdros.it.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A thread that writes a clip again and again at its own pace, one picture per frame. A frame's {@code frame_id} is the
 * {@link System#nanoTime} of its commit; the first {@code frame_seq} is 1.
 */
public final class ClipVideo implements AutoCloseable {

    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos() / TestClip.FRAMES_PER_SECOND;

    /** One picture with all that belongs to it. */
    private record Picture(byte[] bytes, boolean keyframe) {
    }

    private final RegionWriter writer;
    private final List<Picture> pictures;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Thread thread = new Thread(this::run, "clip-video");

    private ClipVideo(RegionWriter writer, List<Picture> pictures) {
        this.writer = writer;
        this.pictures = pictures;
        thread.setDaemon(true);
    }

    public static ClipVideo of(Path clip, RegionWriter writer) {
        try {
            byte[] stream = Files.readAllBytes(clip);
            String listing = ChildProcess.run("list-pictures", List.of(Tool.command("python3"),
                    Tool.pythonScript("contract_writer.py"), "--list", clip.toString()), Deadlines.SOON);
            return new ClipVideo(writer, listing.lines().map(line -> line.split(" ")).map(fields -> {
                int offset = Integer.parseInt(fields[0]);
                return new Picture(Arrays.copyOfRange(stream, offset, offset + Integer.parseInt(fields[1])),
                        fields[2].equals("K"));
            }).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void start() {
        thread.start();
    }

    private void run() {
        Picture picture = pictures.get(0);
        for (int index = 0; !stopped.get() || !picture.keyframe; index = (index + 1) % pictures.size()) {
            picture = pictures.get(index);
            writer.write(System.nanoTime(), picture.keyframe ? VideoFrame.KEYFRAME : 0, VideoFrame.H264, picture.bytes);
            // From now, not from when the frame was due: frames in a burst would replace each other in the one slot.
            Await.pause(INTERVAL_NANOS);
        }
    }

    /**
     * Writes no more than up to the next keyframe, which is passed on even if the server has not seen the frame before
     * it, and returns its {@code frame_seq}.
     */
    public long stop() {
        close();
        return writer.sequence();
    }

    /** The picture with this {@code frame_seq}. */
    public byte[] picture(long frameSeq) {
        return pictures.get((int) ((frameSeq - 1) % pictures.size())).bytes;
    }

    /** With the headers of the messages. */
    public long bytesPerSecond() {
        long bytes = pictures.stream().mapToLong(picture -> picture.bytes.length + VideoFrame.HEADER_BYTES).sum();
        return bytes * TestClip.FRAMES_PER_SECOND / pictures.size();
    }

    public int largestPictureBytes() {
        return pictures.stream().mapToInt(picture -> picture.bytes.length).max().orElseThrow();
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
