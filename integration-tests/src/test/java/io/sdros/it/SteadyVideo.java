package io.sdros.it;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A thread that writes frames at an even pace, each a keyframe, whatever else happens. */
final class SteadyVideo implements AutoCloseable {

    private final RegionWriter writer;
    private final long intervalNanos;
    private final int payloadBytes;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong written = new AtomicLong();
    private final Thread thread = new Thread(this::run, "steady-video");

    private SteadyVideo(RegionWriter writer, Duration interval, int payloadBytes) {
        this.writer = writer;
        this.intervalNanos = interval.toNanos();
        this.payloadBytes = payloadBytes;
        thread.setDaemon(true);
    }

    static SteadyVideo start(RegionWriter writer, Duration interval, int payloadBytes) {
        SteadyVideo video = new SteadyVideo(writer, interval, payloadBytes);
        video.thread.start();
        return video;
    }

    private void run() {
        while (!stopped.get()) {
            writer.keyframe(payloadBytes);
            written.set(writer.sequence());
            // From now, not from when the frame was due: frames in a burst would replace each other in the one slot.
            Await.pause(intervalNanos);
        }
    }

    /** The sequence of the last frame written. */
    long written() {
        return written.get();
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
