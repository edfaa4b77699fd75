package io.sdros.shm.reader;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Counts what happens and tells the listener, at a limited rate where it may happen often. Nothing the listener
 * throws gets past here.
 */
final class StreamEvents {

    private static final long REPORT_PERIOD_NANOS = 5_000_000_000L;

    private final Path path;
    private final FrameStreamListener listener;
    private final BooleanSupplier demand;
    private final BooleanSupplier readAgain;
    private final LongSupplier nanoClock;
    private final ReaderStatistics statistics;
    private final Map<ReadOutcome, RateLimit> failureReports = new EnumMap<>(ReadOutcome.class);
    private final RateLimit uncaughtReports = new RateLimit(REPORT_PERIOD_NANOS);

    StreamEvents(Path path, FrameStreamListener listener, BooleanSupplier demand, BooleanSupplier readAgain,
            LongSupplier nanoClock, ReaderStatistics statistics) {
        this.path = path;
        this.listener = listener;
        this.demand = demand;
        this.readAgain = readAgain;
        this.nanoClock = nanoClock;
        this.statistics = statistics;
    }

    /** A condition that cannot be asked counts as met: better to read for nobody than to leave somebody waiting. */
    boolean demanded() {
        try {
            return demand.getAsBoolean();
        } catch (Throwable t) {
            uncaught(t);
            return true;
        }
    }

    /** Whether those who want frames from now on are to be given the frame in the slot though it was read. */
    boolean readsAgain() {
        try {
            return readAgain.getAsBoolean();
        } catch (Throwable t) {
            uncaught(t);
            return false;
        }
    }

    void turn(long nowNanos) {
        try {
            listener.onPoll(nowNanos);
        } catch (Throwable t) {
            uncaught(t);
        }
    }

    void frame(Frame frame) {
        statistics.framesRead.add(1);
        try {
            listener.onFrame(frame);
        } catch (Throwable t) {
            uncaught(t);
        }
    }

    void skipped() {
        statistics.framesSkipped.add(1);
        try {
            listener.onSkipped();
        } catch (Throwable t) {
            uncaught(t);
        }
    }

    void sequenceSeen(long sequence, long nowNanos) {
        statistics.sequenceSeen(sequence, nowNanos);
    }

    void history(HistoryReader history) {
        statistics.history(history.active(), history.laps(), history.skips());
    }

    void anotherRegion() {
        statistics.anotherRegion();
    }

    void writerRestarted() {
        statistics.writerRestarted();
        discontinuity(Discontinuity.WRITER_RESTART, 0);
    }

    void lost(long frames) {
        statistics.framesLost.add(frames);
        discontinuity(Discontinuity.GAP, frames);
    }

    void resumed() {
        discontinuity(Discontinuity.RESUMED, 0);
    }

    void bell(boolean heard) {
        if (statistics.bell() == heard) {
            return;
        }
        statistics.bell(heard);
        try {
            listener.onBell(heard);
        } catch (Throwable t) {
            uncaught(t);
        }
    }

    private void discontinuity(Discontinuity reason, long lostFrames) {
        try {
            listener.onDiscontinuity(reason, lostFrames);
        } catch (Throwable t) {
            uncaught(t);
        }
    }

    void retried() {
        statistics.retries.add(1);
    }

    void gaveUp(ReadOutcome outcome, long sequence, boolean crcLikelyOff, long nowNanos) {
        statistics.failed(outcome);
        RateLimit limit = failureReports.computeIfAbsent(outcome, o -> new RateLimit(REPORT_PERIOD_NANOS));
        if (!limit.pass(nowNanos)) {
            return;
        }
        boolean hint = outcome == ReadOutcome.CRC_MISMATCH && crcLikelyOff;
        try {
            listener.onReadFailure(new ReadFailure(outcome, sequence, limit.suppressedBefore(), hint));
        } catch (Throwable t) {
            uncaught(t);
        }
    }

    /** Tells every attach; of the other states only a change, though the reason shown is always the latest. */
    void attachment(AttachState state, String reason) {
        AttachState before = statistics.attachState();
        statistics.attachment(state, reason);
        if (state == AttachState.ATTACHED) {
            statistics.attaches.add(1);
        } else if (state == before) {
            return;
        }
        try {
            listener.onAttach(state, path, reason);
        } catch (Throwable t) {
            uncaught(t);
        }
    }

    void smallRegion(long actualBytes, long expectedBytes) {
        try {
            listener.onSmallRegion(path, actualBytes, expectedBytes);
        } catch (Throwable t) {
            uncaught(t);
        }
    }

    void stopped(String reason) {
        statistics.attachment(AttachState.STOPPED, reason);
    }

    void uncaught(Throwable failure) {
        statistics.uncaught.add(1);
        if (!uncaughtReports.pass(nanoClock.getAsLong())) {
            return;
        }
        try {
            listener.onUncaught(failure, uncaughtReports.suppressedBefore());
        } catch (Throwable t) {
            statistics.uncaught.add(1);
        }
    }
}
