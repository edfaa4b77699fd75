package io.sdros.server.demo;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.ShmWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays the clip into a region, in a loop and in real time, as a camera's encoder would.
 *
 * <p>A keyframe request is answered with the next frame: the clip jumps forward to its next keyframe.
 */
public final class DemoProducer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DemoProducer.class);
    private static final long FRAME_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1) / DemoClip.FRAMES_PER_SECOND;
    private static final long JOIN_TIMEOUT_MILLIS = 1_000;

    private final DemoClip clip;
    private final ShmWriter writer;
    private final AtomicBoolean keyframeRequested = new AtomicBoolean();
    private final Thread thread = new Thread(this::run, "demo-writer");
    private volatile boolean closed;
    /** Said once. */
    private boolean failing;

    /** Takes the writer over: it is closed with this. */
    public DemoProducer(DemoClip clip, ShmWriter writer) {
        this.clip = clip;
        this.writer = writer;
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** From any thread. */
    void requestKeyframe() {
        keyframeRequested.set(true);
    }

    private void run() {
        int index = 0;
        long dueNanos = System.nanoTime();
        while (!closed) {
            long waitNanos = dueNanos - System.nanoTime();
            if (waitNanos > 0) {
                LockSupport.parkNanos(this, waitNanos);
                continue;
            }
            if (keyframeRequested.getAndSet(false)) {
                index = clip.nextKeyframe(index);
            }
            DemoClip.AccessUnit unit = clip.at(index);
            write(unit);
            index = (index + 1) % clip.length();
            dueNanos += FRAME_INTERVAL_NANOS;
            if (System.nanoTime() - dueNanos > TimeUnit.SECONDS.toNanos(1)) {
                // The machine slept: going on from now beats racing through what was missed.
                dueNanos = System.nanoTime();
            }
        }
    }

    /** Shared memory may be full, and have room again. What could not be written is lost, so a keyframe is next. */
    private void write(DemoClip.AccessUnit unit) {
        try {
            // frame_id carries the commit time, as the field's other producers do.
            writer.write(unit.annexB().duplicate(), System.nanoTime(), unit.keyframe() ? FrameFlags.KEYFRAME : 0,
                    Codecs.H264);
            failing = false;
        } catch (UncheckedIOException e) {
            if (!failing) {
                log.warn("The demo's region cannot be written: {}", e.getCause().getMessage());
            }
            failing = true;
            requestKeyframe();
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(JOIN_TIMEOUT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.close();
    }
}
