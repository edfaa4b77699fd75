package io.sdros.server.stream;

import io.sdros.fanout.Broadcaster;
import io.sdros.server.metrics.FrameSizeHistogram;
import io.sdros.server.text.Json;
import io.sdros.shm.reader.AttachState;
import io.sdros.shm.reader.Discontinuity;
import io.sdros.shm.reader.Frame;
import io.sdros.shm.reader.FrameStreamListener;
import io.sdros.shm.reader.ReadFailure;
import io.sdros.transport.undertow.VideoMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Hands the reader's frames to the fan-out, and tells its log what happens. Runs on the reader's thread. */
public final class FrameRelay implements FrameStreamListener {
    /** Of each kind: nobody reads more, and a fault that comes and goes for hours is not to fill a disk. */
    private static final int LINES = 6;
    private static final Duration NO_TIMEOUT = Duration.ofDays(365);
    private static final Duration LINES_INTERVAL = Duration.ofMinutes(1);

    private final Broadcaster<VideoMessage> broadcaster;
    private final Logger log;
    private final FrameSizeHistogram frameSizes = new FrameSizeHistogram();
    private final ReadHealth health = new ReadHealth();
    private final LongSupplier nanoClock;
    private final KeyframeWatch keyframes;
    private final Optional<KeyframeLog> keyframeLog;
    private final RegionLog regionLog;
    private final LineLimit restartLines = new LineLimit(LINES, LINES_INTERVAL);
    private final LineLimit failureLines = new LineLimit(LINES, LINES_INTERVAL);
    private long untoldFailures;

    /** For a stream in which keyframes are not missed. */
    public FrameRelay(Broadcaster<VideoMessage> broadcaster, Logger log) {
        this(broadcaster, log, Optional.empty(), System::nanoTime);
    }

    /** @param keyframeTimeout how long frames may come without a keyframe before that is worth a word; absent: for ever */
    public FrameRelay(Broadcaster<VideoMessage> broadcaster, Logger log, Optional<Duration> keyframeTimeout, LongSupplier nanoClock) {
        this.broadcaster = broadcaster;
        this.log = log;
        this.nanoClock = nanoClock;
        keyframes = new KeyframeWatch(keyframeTimeout.orElse(NO_TIMEOUT));
        keyframeLog = keyframeTimeout.map(timeout -> new KeyframeLog(keyframes, log));
        regionLog = new RegionLog(log);
    }

    FrameSizeHistogram frameSizes() {
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

    @Override
    public void onFrame(Frame frame) {
        frameSizes.observe(frame.sizeBytes());
        health.good();
        keyframes.frame(frame.keyframe(), frame.readNanos());
        broadcaster.publish(VideoMessage.wrap(frame.array(), frame.headerOffset(), frame.lengthBytes()),
                frame.keyframe(), frame.lengthBytes());
    }

    @Override
    public void onSkipped() {
        health.good();
        keyframes.frame(false, nanoClock.getAsLong());
        broadcaster.skipped();
    }

    @Override
    public void onDiscontinuity(Discontinuity reason, long lostFrames) {
        switch (reason) {
            case GAP -> log.debug("{} frames were lost before they could be read", lostFrames);
            case WRITER_RESTART -> restarted(nanoClock.getAsLong());
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
        keyframes.restart();
        keyframeLog.ifPresent(KeyframeLog::readingStops);
        // What is kept for those who join would grow old unseen.
        broadcaster.discontinuity();
    }

    @Override
    public void onPoll(long nowNanos) {
        broadcaster.service();
        regionLog.tick(nowNanos);
        if (keyframeLog.isPresent()) {
            keyframeLog.get().tick(nowNanos);
        }
    }

    @Override
    public void onAttach(AttachState state, Path path, String reason) {
        regionLog.changed(state, path, reason, nanoClock.getAsLong());
    }

    @Override
    public void onBell(boolean heard) {
        log.debug(heard ? "The producer rings for each frame" : "No bell is heard any more; polling");
    }

    @Override
    public void onSmallRegion(Path path, long actualBytes, long expectedBytes) {
        log.warn("{} has {} bytes, fewer than SDR_SHM_SIZE={}; frames that fit are read all the same",
                Json.escape(path.toString()), actualBytes, expectedBytes);
    }

    @Override
    public void onReadFailure(ReadFailure failure) {
        String outcome = failure.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        long nowNanos = nanoClock.getAsLong();
        health.failed(outcome, nowNanos);
        untoldFailures += failure.suppressed();
        if (failureLines.pass(nowNanos).isEmpty()) {
            untoldFailures++;
            return;
        }
        long more = untoldFailures;
        untoldFailures = 0;
        log.warn("Gave up the frame with sequence {}: {}{}{}", Long.toUnsignedString(failure.sequence()), outcome,
                more == 0 ? "" : " (and " + more + " more since the last report)",
                failure.crcLikelyOff() ? "; the writer stores CRC 0, so it may have CRC off: SDR_CRC_ENABLED=false" : "");
    }

    @Override
    public void onUncaught(Throwable failure, long suppressed) {
        log.error("Reading went on after a failure ({} more since the last report)", suppressed, failure);
    }
}
