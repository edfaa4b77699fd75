package io.sdros.server.stream;

import io.sdros.server.text.Json;
import io.sdros.shm.reader.AttachState;
import io.sdros.shm.reader.Discontinuity;
import io.sdros.shm.reader.Frame;
import io.sdros.shm.reader.FrameStreamListener;
import io.sdros.shm.reader.ReadFailure;
import io.sdros.transport.undertow.FrameTimes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Hands a region's frames to the publisher, and tells the log what happens to the region. Runs on the reader's thread. */
final class RegionListener implements FrameStreamListener {
    /** Of each kind: nobody reads more, and a fault that comes and goes for hours is not to fill a disk. */
    private static final int LINES = 6;
    private static final Duration LINES_INTERVAL = Duration.ofMinutes(1);

    private final FramePublisher publisher;
    private final Logger log;
    private final LongSupplier nanoClock;
    private final Runnable inEachTurn;
    private final RegionLog regionLog;
    private final LineLimit restartLines = new LineLimit(LINES, LINES_INTERVAL);
    private final LineLimit failureLines = new LineLimit(LINES, LINES_INTERVAL);
    private long untoldFailures;

    RegionListener(FramePublisher publisher, Logger log, LongSupplier nanoClock, Runnable inEachTurn) {
        this.publisher = publisher;
        this.log = log;
        this.nanoClock = nanoClock;
        this.inEachTurn = inEachTurn;
        regionLog = new RegionLog(log);
    }

    @Override
    public void onFrame(Frame frame) {
        boolean published = false;
        try {
            publisher.publish(frame.array(), frame.headerOffset(), frame.header(), new FrameTimes(frame.captureTimeNanos(),
                    frame.commitTimeNanos(), frame.commitTimeKnown(), frame.readNanos()));
            published = true;
        } finally {
            if (!published) {
                // It is lost, so what follows does not continue what went before.
                publisher.discontinuity();
            }
        }
    }

    @Override
    public void onDiscontinuity(Discontinuity reason, long lostFrames) {
        switch (reason) {
            case GAP -> log.debug("{} frames were lost before they could be read", lostFrames);
            case WRITER_RESTART -> restarted(nanoClock.getAsLong());
            case RESUMED -> log.debug("Reading again, somebody is watching");
        }
        if (reason == Discontinuity.WRITER_RESTART) {
            publisher.restarted();
        } else {
            publisher.discontinuity();
        }
    }

    private void restarted(long nowNanos) {
        restartLines.pass(nowNanos).ifPresent(unsaid -> log.info("The writer has started over{}", unsaid == 0 ? ""
                : " (and " + unsaid + " times more since the last such line: are there two writers, or frames without numbers?)"));
    }

    @Override
    public void onPoll(long nowNanos) {
        publisher.service(nowNanos);
        regionLog.tick(nowNanos);
        inEachTurn.run();
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
        publisher.failed(outcome, nowNanos);
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
