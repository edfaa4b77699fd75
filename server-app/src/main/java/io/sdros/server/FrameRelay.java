package io.sdros.server;

import io.sdros.fanout.Broadcaster;
import io.sdros.shm.reader.AttachState;
import io.sdros.shm.reader.Discontinuity;
import io.sdros.shm.reader.Frame;
import io.sdros.shm.reader.FrameStreamListener;
import io.sdros.shm.reader.ReadFailure;
import io.sdros.transport.undertow.VideoMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;

/** Hands the reader's frames to the fan-out, and tells its log what happens. Runs on the reader's thread. */
final class FrameRelay implements FrameStreamListener {
    private static final Duration RESTART_LINES_INTERVAL = Duration.ofSeconds(5);

    private final Broadcaster<VideoMessage> broadcaster;
    private final Logger log;
    private final FrameSizeHistogram frameSizes = new FrameSizeHistogram();
    private Runnable published = () -> { };
    private final ReadHealth health = new ReadHealth();
    private final LineLimit restartLines = new LineLimit(RESTART_LINES_INTERVAL);

    FrameRelay(Broadcaster<VideoMessage> broadcaster, Logger log) {
        this.broadcaster = broadcaster;
        this.log = log;
    }

    /** Before the reader starts. */
    void onPublished(Runnable callback) {
        published = callback;
    }

    FrameSizeHistogram frameSizes() {
        return frameSizes;
    }

    /** Any thread. */
    ReadHealth health() {
        return health;
    }

    @Override
    public void onFrame(Frame frame) {
        frameSizes.observe(frame.sizeBytes());
        health.good();
        broadcaster.publish(VideoMessage.wrap(frame.array(), frame.headerOffset(), frame.lengthBytes()),
                frame.keyframe(), frame.lengthBytes());
        published.run();
    }

    @Override
    public void onSkipped() {
        health.good();
        broadcaster.skipped();
    }

    @Override
    public void onDiscontinuity(Discontinuity reason, long lostFrames) {
        switch (reason) {
            case GAP -> log.debug("{} frames were lost before they could be read", lostFrames);
            case WRITER_RESTART -> restarted(System.nanoTime());
            case RESUMED -> log.debug("Reading again, somebody is watching");
        }
        broadcaster.discontinuity();
    }

    private void restarted(long nowNanos) {
        restartLines.pass(nowNanos).ifPresent(unsaid -> log.info("The writer has started over{}", unsaid == 0 ? ""
                : " (and " + unsaid + " times more since the last such line: are there two writers, or frames without numbers?)"));
    }

    /** No frame will be read for a time, since nobody watches. */
    void readingStops() {
        log.debug("Nobody watches: no more frames are read");
        // What is kept for those who join would grow old unseen.
        broadcaster.discontinuity();
    }

    @Override
    public void onPoll(long nowNanos) {
        broadcaster.service();
    }

    @Override
    public void onAttach(AttachState state, Path path, String reason) {
        if (state == AttachState.ATTACHED) {
            log.info("Attached to {} ({})", path, reason);
        } else if (state != AttachState.STOPPED) {
            log.warn("No frames can be read from {}: {}; waiting for it", path, reason);
        }
    }

    @Override
    public void onSmallRegion(Path path, long actualBytes, long expectedBytes) {
        log.warn("{} has {} bytes, fewer than SDR_SHM_SIZE={}; frames that fit are read all the same", path,
                actualBytes, expectedBytes);
    }

    @Override
    public void onReadFailure(ReadFailure failure) {
        String outcome = failure.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        health.failed(outcome, System.nanoTime());
        log.warn("Gave up the frame with sequence {}: {}{}{}", Long.toUnsignedString(failure.sequence()), outcome,
                failure.suppressed() == 0 ? "" : " (and " + failure.suppressed() + " more since the last report)",
                failure.crcLikelyOff() ? "; the writer stores CRC 0, so it may have CRC off: SDR_CRC_ENABLED=false" : "");
    }

    @Override
    public void onUncaught(Throwable failure, long suppressed) {
        log.error("Reading went on after a failure ({} more since the last report)", suppressed, failure);
    }
}
