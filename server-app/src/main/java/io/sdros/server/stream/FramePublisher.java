package io.sdros.server.stream;

import io.sdros.fanout.Broadcaster;
import io.sdros.server.metrics.FrameSizeHistogram;
import io.sdros.transport.undertow.VideoMessage;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * What becomes of a stream's frames, whatever they come from: they go to the viewers' queues, and their sizes, failures and
 * keyframes are noted. On the source's thread but for what says otherwise.
 */
public final class FramePublisher {
    private static final Duration NO_TIMEOUT = Duration.ofDays(365);

    private final Broadcaster<VideoMessage> broadcaster;
    private final Logger log;
    private final LongSupplier nanoClock;
    private final FrameSizeHistogram frameSizes = new FrameSizeHistogram();
    private final ReadHealth health = new ReadHealth();
    private final KeyframeWatch keyframes;
    private final Optional<KeyframeLog> keyframeLog;

    /** @param keyframeTimeout how long frames may come without a keyframe before that is worth a word; absent: for ever */
    public FramePublisher(Broadcaster<VideoMessage> broadcaster, Optional<Duration> keyframeTimeout, Logger log,
            LongSupplier nanoClock) {
        this.broadcaster = broadcaster;
        this.log = log;
        this.nanoClock = nanoClock;
        keyframes = new KeyframeWatch(keyframeTimeout.orElse(NO_TIMEOUT));
        keyframeLog = keyframeTimeout.map(timeout -> new KeyframeLog(keyframes, log));
    }

    /**
     * A frame has come.
     *
     * @param payloadBytes without its header
     * @param lengthBytes  with its header
     * @param readNanos    when, on the source's clock
     */
    public void publish(VideoMessage message, boolean keyframe, int payloadBytes, int lengthBytes, long readNanos) {
        frameSizes.observe(payloadBytes);
        health.good();
        keyframes.frame(keyframe, readNanos);
        broadcaster.publish(message, keyframe, lengthBytes);
    }

    /** A good frame has come that nobody may see, because a keyframe must come first. */
    public void skipped() {
        health.good();
        keyframes.frame(false, nanoClock.getAsLong());
        broadcaster.skipped();
    }

    /** A frame had to be given up. */
    public void failed(String reason, long nowNanos) {
        health.failed(reason, nowNanos);
    }

    /** The next frame does not continue the last one. */
    public void discontinuity() {
        broadcaster.discontinuity();
    }

    /** No frame will be read for a time, since nobody watches. */
    public void readingStops() {
        log.debug("Nobody watches: no more frames are read");
        keyframes.restart();
        keyframeLog.ifPresent(KeyframeLog::readingStops);
        // What is kept for those who join would grow old unseen.
        broadcaster.discontinuity();
    }

    /** To be called often, frames or none: lets in who has joined, and sends the keyframe request that is due. */
    public void service(long nowNanos) {
        broadcaster.service();
        if (keyframeLog.isPresent()) {
            keyframeLog.get().tick(nowNanos);
        }
    }

    /** Any thread. */
    public FrameSizeHistogram frameSizes() {
        return frameSizes;
    }

    /** Any thread. */
    ReadHealth health() {
        return health;
    }

    /** Any thread: for how long frames have come without a keyframe, if that is too long. */
    Optional<Duration> keyframeMissing() {
        return keyframeLog.isPresent() ? keyframes.missing() : Optional.empty();
    }
}
