package io.sdros.shm.reader;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What the stream's thread does: one turn after the other until told to stop. A turn reads, or only looks, then does all
 * that can wait until the frame is on its way: it looks after the bell and the file and lets the listener do its chores.
 * Then it waits.
 */
final class StreamLoop {

    /**
     * Pause between looks while nobody wants frames. Being woken so seldom takes 0.1 to 0.15 ms each time, so this is 0.07 %
     * of a core, and 20 ms would be 0.5 %. Whoever comes wakes the loop.
     */
    static final long WATCH_NANOS = 200_000_000;
    /**
     * The longest pause while frames are wanted, but for those in which the bell is waited for: the listener is promised
     * a turn at least this often.
     */
    static final long MAX_PAUSE_NANOS = 20_000_000;
    /** As long as that without a frame, and the next one may be seen a moment later. */
    static final long AWAY_AFTER_NANOS = CadencePolling.AWAY_AFTER_NANOS;

    /** The longest time that is spent on what is in the history already when somebody comes; it holds a few milliseconds'. */
    private static final long READ_ALL_NANOS = 100_000_000;
    /** Frames are coming if the last one is no older. */
    private static final long FLOWING_NANOS = 50_000_000;
    /** The wait is one for the next frame: as long as it takes, by the bell or by the polling's reckoning. */
    private static final long NEXT_FRAME = -2;

    private final FrameReader reader;
    private final RegionAttacher attacher;
    private final PollStrategy polling;
    private final StreamEvents events;
    private final LongSupplier nanoClock;
    private final Pauser pauser;
    private final RetryWindow retries = new RetryWindow();

    private final BellListener bell;

    private boolean watching;
    /** Whether the bell was trusted, so that nothing was learnt for polling. */
    private boolean rung;
    private long lookedSequence;
    private long changedNanos;

    StreamLoop(FrameReader reader, RegionAttacher attacher, PollStrategy polling, StreamEvents events,
            LongSupplier nanoClock, Pauser pauser, BellListener bell) {
        this.reader = reader;
        this.attacher = attacher;
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
            attacher.close();
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
            events.turn(nanoClock.getAsLong());
            pauser.pause(CadencePolling.IDLE_NANOS);
        } catch (Throwable again) {
            // There is no memory even for saying so. The next turn is another chance; an end of the thread would be
            // none.
            Thread.yield();
        }
    }

    private void turn() {
        if (!attacher.attached()) {
            lookAfterFile(nanoClock.getAsLong());
        }
        long nextLookNanos = attacher.attached() ? lookOrRead() : PollStrategy.SPIN;
        long nowNanos = nanoClock.getAsLong();
        if (lookAfterFile(nowNanos)) {
            nextLookNanos = PollStrategy.SPIN;
        } else if (!attacher.attached()) {
            nextLookNanos = attacher.untilDueNanos(nowNanos);
        }
        events.turn(nowNanos);
        if (watching && events.demanded()) {
            // Whoever wants frames was let in just now.
            return;
        }
        pause(nextLookNanos, nowNanos - changedNanos > AWAY_AFTER_NANOS);
    }

    /** Whether this has attached another region, which is to be read at once. */
    private boolean lookAfterFile(long nowNanos) {
        attacher.service(nowNanos, nowNanos - changedNanos < FLOWING_NANOS);
        if (!attacher.freshlyAttached()) {
            return false;
        }
        // What failed in the old region has used up the time of nothing in the new one.
        retries.clear();
        bell.regionChanged();
        return true;
    }

    private void pause(long nextLookNanos, boolean away) {
        if (nextLookNanos == NEXT_FRAME) {
            if (bell.worthWaiting(away)) {
                bell.await(away);
                return;
            }
            pauser.pause(Math.min(polling.pauseNanos(nanoClock.getAsLong()), MAX_PAUSE_NANOS));
        } else {
            pauser.pause(Math.min(nextLookNanos, watching ? WATCH_NANOS : MAX_PAUSE_NANOS));
        }
    }

    /** How long to wait before the next look, or {@link #NEXT_FRAME}. */
    private long lookOrRead() {
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
            if (reader.resume(events.readsAgain())) {
                events.resumed();
            }
            return readAll();
        }
        return read();
    }

    /** What is in the history goes out in one turn, before whoever has come is let in: it is what they begin with. */
    private long readAll() {
        long beganNanos = nanoClock.getAsLong();
        long nextLookNanos = read();
        while (nextLookNanos == PollStrategy.SPIN && nanoClock.getAsLong() - beganNanos < READ_ALL_NANOS) {
            nextLookNanos = read();
        }
        return nextLookNanos;
    }

    private void look() {
        long nowNanos = nanoClock.getAsLong();
        reader.look();
        looked(nowNanos);
    }

    private void looked(long nowNanos) {
        if (reader.restarted()) {
            events.writerRestarted();
            bell.writerRestarted();
        }
        if (reader.cutShort()) {
            attacher.suspect(nowNanos);
        }
        events.sequenceSeen(reader.sequence(), nowNanos);
        events.history(reader.history());
    }

    private long read() {
        long lookNanos = nanoClock.getAsLong();
        ReadOutcome outcome = reader.attempt();
        looked(lookNanos);
        boolean found = reader.sequence() != lookedSequence;
        lookedSequence = reader.sequence();
        if (found) {
            changedNanos = lookNanos;
        }
        long nextLookNanos = outcome.failure() ? retry(outcome) : deliver(outcome);
        if (!bell.looked(found, lookNanos)) {
            attacher.suspect(lookNanos);
        }
        learn(lookNanos);
        return nextLookNanos;
    }

    /** When frames come is of no interest for as long as they are announced. */
    private void learn(long lookNanos) {
        if (bell.trusted()) {
            rung = true;
            return;
        }
        if (rung) {
            rung = false;
            polling.restart();
        }
        polling.observe(reader.sequence(), lookNanos);
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
        return reader.unread() ? PollStrategy.SPIN : NEXT_FRAME;
    }

    private long retry(ReadOutcome outcome) {
        events.retried();
        long nowNanos = nanoClock.getAsLong();
        RetryWindow.Verdict verdict = retries.failed(reader.history().attempted(reader.sequence()), nowNanos);
        if (verdict == RetryWindow.Verdict.RETRY) {
            return retries.pauseNanos();
        }
        long failedSequence = reader.history().failedSequence(reader.sequence());
        events.gaveUp(outcome, failedSequence, reader.crcLikelyOff(), nowNanos);
        if (verdict == RetryWindow.Verdict.REPORT) {
            return retries.pauseNanos();
        }
        reader.giveUp();
        return NEXT_FRAME;
    }
}
