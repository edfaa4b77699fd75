package io.sdros.it.support;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A thread that writes frames at an even pace, whatever else happens. A frame's {@code frame_id} is the {@link
 * System#nanoTime} of its commit.
 */
public final class SteadyVideo implements AutoCloseable {

    private final RegionWriter writer;
    private final long intervalNanos;
    private final int payloadBytes;
    private final int group;
    private final AtomicBoolean keyframeWanted = new AtomicBoolean();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong written = new AtomicLong();
    private final Thread thread = new Thread(this::run, "steady-video");

    private SteadyVideo(RegionWriter writer, Duration interval, int payloadBytes, int group) {
        this.writer = writer;
        this.intervalNanos = interval.toNanos();
        this.payloadBytes = payloadBytes;
        this.group = group;
        thread.setDaemon(true);
    }

    /** Every frame is a keyframe. */
    public static SteadyVideo start(RegionWriter writer, Duration interval, int payloadBytes) {
        return start(writer, interval, payloadBytes, 1);
    }

    /** Every so many frames a keyframe, the first included; 0: on request only. */
    public static SteadyVideo start(RegionWriter writer, Duration interval, int payloadBytes, int group) {
        SteadyVideo video = new SteadyVideo(writer, interval, payloadBytes, group);
        video.thread.start();
        return video;
    }

    private void run() {
        for (int frame = 0; !stopped.get(); frame++) {
            boolean keyframe = keyframeWanted.getAndSet(false) || group > 0 && frame % group == 0;
            writer.write(System.nanoTime(), keyframe ? VideoFrame.KEYFRAME : 0, VideoFrame.H264, payloadBytes);
            written.set(writer.sequence());
            // From now, not from when the frame was due: frames in a burst would replace each other in the one slot.
            Await.pause(intervalNanos);
        }
    }

    /** The next frame is a keyframe. Any thread. */
    public void requestKeyframe() {
        keyframeWanted.set(true);
    }

    /** The sequence of the last frame written. */
    public long written() {
        return written.get();
    }

    /**
     * Writes no more but a last keyframe: that one is passed on even if the server has not seen the frame before it.
     *
     * @return its frame_seq
     */
    public long finish() {
        close();
        writer.write(System.nanoTime(), VideoFrame.KEYFRAME, VideoFrame.H264, payloadBytes);
        return writer.sequence();
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
