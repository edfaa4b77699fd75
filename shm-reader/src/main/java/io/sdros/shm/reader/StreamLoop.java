package io.sdros.shm.reader;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What the stream's thread does: one turn after the other until told to stop. A turn tells the listener, looks after
 * the file, reads or only looks, and waits.
 */
final class StreamLoop {

    /**
     * Pause between looks while nobody wants frames. Being woken so seldom takes 0.1 ms each time, so this is 0.1 % of
     * a core, and 20 ms would be 0.5 %. Whoever comes wakes the loop.
     */
    static final long WATCH_NANOS = 100_000_000;
    /**
     * The longest pause while frames are wanted, but for those in which the bell is waited for: the listener is promised
     * a turn at least this often.
     */
    static final long MAX_PAUSE_NANOS = 20_000_000;
    /** As long as that without a frame, and the next one may be seen a moment later. */
    static final long AWAY_AFTER_NANOS = CadencePolling.AWAY_AFTER_NANOS;

    private final FrameReader reader;
    private final RegionKeeper keeper;
    private final PollStrategy polling;
    private final StreamEvents events;
    private final LongSupplier nanoClock;
    private final Pauser pauser;
    private final RetryWindow retries = new RetryWindow();

    private final BellEar bell;

    private boolean watching;
    /** Whether the pause that is due is one for the next frame, rather than for another attempt at this one. */
    private boolean listening;
    private boolean hurried;
    private long lookedSequence;
    private long changedNanos;

    StreamLoop(FrameReader reader, RegionKeeper keeper, PollStrategy polling, StreamEvents events,
            LongSupplier nanoClock, Pauser pauser, BellEar bell) {
        this.reader = reader;
        this.keeper = keeper;
        this.polling = polling;
        this.events = events;
        this.nanoClock = nanoClock;
        this.pauser = pauser;
        this.bell = bell;
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
            bell.close();
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
            // There is no memory even for saying so. The next turn is another chance; an end of the thread would be
            // none.
            Thread.yield();
        }
    }

    private void turn() {
        long nowNanos = nanoClock.getAsLong();
        events.turn(nowNanos);
        listening = false;
        long pauseNanos = keeper.attached(nowNanos) ? lookOrRead() : keeper.untilDueNanos(nowNanos);
        if (events.takeNews() && !hurried) {
            // A need that this has raised is served in the next turn: at once, but not again and again.
            hurried = true;
            return;
        }
        hurried = false;
        boolean away = nowNanos - changedNanos > AWAY_AFTER_NANOS;
        if (!listening || !bell.worthWaiting(away)) {
            pauser.pause(Math.min(pauseNanos, watching ? WATCH_NANOS : MAX_PAUSE_NANOS));
        } else {
            bell.await(away);
        }
    }

    private long lookOrRead() {
        if (keeper.freshlyAttached()) {
            // What failed in the old region has used up the time of nothing in the new one.
            retries.clear();
            bell.regionChanged();
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
            bell.resume();
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
            bell.writerRestarted();
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
        boolean found = reader.sequence() != lookedSequence;
        lookedSequence = reader.sequence();
        if (found) {
            changedNanos = lookNanos;
        }
        long pauseNanos = outcome.failure() ? retry(outcome) : deliver(outcome);
        if (!bell.looked(found, lookNanos)) {
            keeper.suspect(lookNanos);
        }
        return pauseNanos;
    }

    private long deliver(ReadOutcome outcome) {
        retries.clear();
        if (reader.lostFrames() != 0) {
            events.lost(reader.lostFrames());
        }
        if (outcome == ReadOutcome.SKIPPED_NON_KEYFRAME) {
            events.skipped();
        } else if (outcome == ReadOutcome.FRAME) {
            events.frame(reader.frame());
        }
        listening = true;
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
        listening = true;
        return polling.pauseNanos(nowNanos);
    }
}
