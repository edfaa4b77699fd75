package io.sdros.it.load;

import io.sdros.it.support.Deadlines;
import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that writes frames on a grid of times, as a camera does that runs by its own clock. A frame's {@code frame_id} is the
 * {@link System#nanoTime} of its commit. The first frame of each second is a keyframe.
 */
final class GridCamera implements AutoCloseable {

    private final ShmWriter writer;
    private final int framesPerSecond;
    private final ByteBuffer payload;
    private final long firstNanos;
    private final Thread thread = new Thread(this::run, "grid-camera");
    private volatile boolean stopped;

    private GridCamera(ShmWriter writer, int framesPerSecond, int frameBytes, long firstNanos) {
        this.writer = writer;
        this.framesPerSecond = framesPerSecond;
        this.payload = ByteBuffer.allocate(frameBytes);
        this.firstNanos = firstNanos;
        thread.setDaemon(true);
    }

    /**
     * @param rings      whether the writer has a bell
     * @param firstNanos when its first frame is due, by {@link System#nanoTime}
     */
    static GridCamera start(Path region, boolean rings, int framesPerSecond, int frameBytes, long firstNanos) {
        try {
            GridCamera camera = new GridCamera(ShmWriter.builder(region).bell(rings).open(), framesPerSecond, frameBytes, firstNanos);
            camera.thread.start();
            return camera;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run() {
        long intervalNanos = Duration.ofSeconds(1).toNanos() / framesPerSecond;
        for (long frame = 0; !stopped; frame++) {
            long dueNanos = firstNanos + frame * intervalNanos;
            long leftNanos = dueNanos - System.nanoTime();
            while (leftNanos > 0 && !stopped) {
                LockSupport.parkNanos(leftNanos);
                leftNanos = dueNanos - System.nanoTime();
            }
            writer.write(payload.duplicate(), System.nanoTime(), frame % framesPerSecond == 0 ? FrameFlags.KEYFRAME : 0, Codecs.H264);
        }
    }

    @Override
    public void close() {
        stopped = true;
        LockSupport.unpark(thread);
        try {
            thread.join(Deadlines.SOON.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.close();
    }
}
