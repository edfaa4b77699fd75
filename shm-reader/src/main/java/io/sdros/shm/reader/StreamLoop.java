package io.sdros.shm.reader;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What the stream's thread does: one turn after the other until told to stop. A turn tells the listener, looks after
 * the file, reads or only looks, and waits.
 */
final class StreamLoop {

    /** Pause between looks while nobody wants frames. Being woken is what it costs: 2 ms are 1 % of a core, 10 ms 0.3 %. */
    static final long WATCH_NANOS = 10_000_000;
    /** The longest pause: the listener is promised a turn at least this often. */
    static final long MAX_PAUSE_NANOS = 20_000_000;

    private final FrameReader reader;
    private final RegionKeeper keeper;
    private final PollStrategy polling;
    private final StreamEvents events;
    private final LongSupplier nanoClock;
    private final Pauser pauser;
    private final RetryWindow retries = new RetryWindow();

    private boolean watching;

    StreamLoop(FrameReader reader, RegionKeeper keeper, PollStrategy polling, StreamEvents events,
            LongSupplier nanoClock, Pauser pauser) {
        this.reader = reader;
        this.keeper = keeper;
        this.polling = polling;
        this.events = events;
        this.nanoClock = nanoClock;
        this.pauser = pauser;
    }

    /**
     * Takes turns for as long as the condition holds, whatever a turn throws; then lets go of the file.
     *
     * @param ended called last
     */
    void run(BooleanSupplier running, Runnable ended) {
        try {
            while (running.getAsBoolean()) {
                guardedTurn();
            }
        } finally {
            keeper.close();
            ended.run();
        }
    }

    /** One turn, and nothing it throws. */
    void guardedTurn() {
        try {
            turn();
        } catch (Throwable t) {
            failed(t);
        }
    }

    private void failed(Throwable failure) {
        try {
            events.uncaught(failure);
            pauser.pause(CadencePolling.IDLE_NANOS);
        } catch (Throwable again) {
            // There is no memory even for saying so. The next turn is another chance; an end of the thread would be none.
            Thread.yield();
        }
    }

    private void turn() {
        long nowNanos = nanoClock.getAsLong();
        events.turn(nowNanos);
        pauser.pause(Math.min(keeper.attached(nowNanos) ? lookOrRead() : keeper.untilDueNanos(nowNanos),
                MAX_PAUSE_NANOS));
    }

    private long lookOrRead() {
        if (keeper.freshlyAttached()) {
            // What failed in the old region has used up the time of nothing in the new one.
            retries.clear();
        }
        if (!events.demanded()) {
            look();
            watching = true;
            retries.clear();
            return WATCH_NANOS;
        }
        if (watching) {
            watching = false;
            polling.restart();
            look();
            resume();
        }
        return read();
    }

    private void look() {
        long nowNanos = nanoClock.getAsLong();
        reader.look();
        looked(nowNanos);
    }

    /** If frames passed meanwhile, the next one continues nothing, and nothing was lost either. */
    private void resume() {
        if (reader.unread() && reader.continuityKnown()) {
            reader.forgetContinuity();
            events.resumed();
        }
    }

    private void looked(long nowNanos) {
        if (reader.restarted()) {
            events.writerRestarted();
        }
        if (reader.cutShort()) {
            keeper.suspect(nowNanos);
        }
        events.sequenceSeen(reader.sequence(), nowNanos);
    }

    /** Reads, and answers how long to wait. */
    private long read() {
        long lookNanos = nanoClock.getAsLong();
        ReadOutcome outcome = reader.attempt();
        looked(lookNanos);
        polling.observe(reader.sequence(), lookNanos);
        if (outcome.failure()) {
            return retry(outcome);
        }
        retries.clear();
        if (reader.lostFrames() != 0) {
            events.lost(reader.lostFrames());
        }
        if (outcome == ReadOutcome.SKIPPED_NON_KEYFRAME) {
            events.skipped();
        } else if (outcome == ReadOutcome.FRAME) {
            events.frame(reader.frame());
        }
        return polling.pauseNanos(nanoClock.getAsLong());
    }

    private long retry(ReadOutcome outcome) {
        events.retried();
        long nowNanos = nanoClock.getAsLong();
        RetryWindow.Verdict verdict = retries.failed(reader.sequence(), nowNanos);
        if (verdict == RetryWindow.Verdict.RETRY) {
            return retries.pauseNanos();
        }
        events.gaveUp(outcome, reader.sequence(), reader.crcLikelyOff(), nowNanos);
        if (verdict == RetryWindow.Verdict.REPORT) {
            return retries.pauseNanos();
        }
        reader.giveUp();
        return polling.pauseNanos(nowNanos);
    }
}
