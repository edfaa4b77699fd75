package io.sdros.relay.nats.edge;

import java.util.concurrent.TimeUnit;

/**
 * Counts each frame that an origin has published, from the first that was handed on, exactly once: as handed on, or as
 * lost somewhere.
 */
final class SequenceLedger {

    /** More than any encoder makes in a second; so many may also come at once, or be missing at once. */
    private static final long MOST_IN_A_SECOND = 1_000;
    private static final long FRAME_NANOS = TimeUnit.SECONDS.toNanos(1) / MOST_IN_A_SECOND;
    /** So many frames that go on from each other are the origin's, however far they are from the last one. */
    private static final int BELIEVED = 3;
    /** A frame comes no later than this behind one that was published after it. */
    private static final long OVERTAKEN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final EdgeCounters counters;
    private boolean begun;
    private boolean farAllowed;
    private long last;
    private long lastFrameSeq;
    private long lastOriginNanos;
    private long lastNanos;
    private long incomplete;
    private long overflowed;
    private int farInARow;
    private long far;
    private long farNanos;

    SequenceLedger(EdgeCounters counters) {
        this.counters = counters;
    }

    /** What comes next is a beginning: what was published before it was not for us. */
    void beginAnew() {
        begun = false;
        incomplete = 0;
        overflowed = 0;
        farInARow = 0;
    }

    /** So many frames of which something came will not be whole any more. */
    void incomplete(long frames) {
        incomplete += frames;
    }

    /** So many were thrown away here. */
    void overflowed(long frames) {
        overflowed += frames;
    }

    /** Whether this one has been counted already, as handed on or as lost. */
    boolean past(long sequence) {
        return begun && sequence - last <= 0;
    }

    /** However much was published meanwhile: there was no connection, or this machine slept. */
    void allowFar() {
        farAllowed = true;
    }

    /**
     * Whether an origin cannot have published so much since the last one. Whoever may publish under its name could make all that
     * follows look {@linkplain #past past} otherwise, with one frame.
     */
    boolean tooFar(long sequence, long nowNanos) {
        return begun && !farAllowed && sequence - last > most(nowNanos - lastNanos);
    }

    private static long most(long inNanos) {
        return MOST_IN_A_SECOND + inNanos / FRAME_NANOS;
    }

    /**
     * Whether frames have come by now that are all {@linkplain #tooFar too far} from the last one and go on from each other, so
     * that it is the last one that was not the origin's: one with a number that the origin had passed long ago would make it
     * wait for as long as it takes to publish so many. To be asked once of each frame, before it is handed on.
     */
    boolean leftBehind(long sequence, long nowNanos) {
        if (!tooFar(sequence, nowNanos)) {
            return false;
        }
        long further = sequence - far;
        farInARow = farInARow > 0 && further > 0 && further <= most(nowNanos - farNanos) ? farInARow + 1 : 1;
        far = sequence;
        farNanos = nowNanos;
        return farInARow == BELIEVED;
    }

    /**
     * Whether this one is past by its number while the times of the two say otherwise, so that one of them is not the origin's:
     * it went out after the last one, or the time of the last one cannot be. That is so if it is yet to come; and where the
     * origin's clock is not known, as before its first answer, if it is much later than that of this one.
     */
    boolean contradicts(long sequence, long originNanos, OriginClock clock, long nowNanos) {
        if (!past(sequence)) {
            return false;
        }
        long afterLastNanos = originNanos - lastOriginNanos;
        return afterLastNanos > 0 || clock.yetToCome(lastOriginNanos, nowNanos)
                || !clock.known() && afterLastNanos < -OVERTAKEN_NANOS;
    }

    /** Whether a frame has been handed on since the beginning. */
    boolean begun() {
        return begun;
    }

    /** Whether this one comes right behind the last. */
    boolean follows(long sequence) {
        return begun && sequence == last + 1;
    }

    /**
     * A frame is handed on that is not {@linkplain #past past}; those before it are lost.
     *
     * @param originNanos when it was published, on the origin's clock
     * @param where       where, unless more is known
     */
    void handedOn(long sequence, long frameSeq, long originNanos, long nowNanos, LostWhere where) {
        if (begun) {
            long missing = sequence - last - 1;
            long incompleteOfThem = Math.min(missing, incomplete);
            long overflowedOfThem = Math.min(missing - incompleteOfThem, overflowed);
            counters.lost(LostWhere.INCOMPLETE, incompleteOfThem);
            counters.lost(LostWhere.EDGE, overflowedOfThem);
            counters.lost(where, missing - incompleteOfThem - overflowedOfThem);
            if (missing == 0 && frameSeq - lastFrameSeq > 1) {
                counters.lostAtOrigin(frameSeq - lastFrameSeq - 1);
            }
        }
        begun = true;
        farAllowed = false;
        lastOriginNanos = originNanos;
        lastNanos = nowNanos;
        incomplete = 0;
        overflowed = 0;
        farInARow = 0;
        last = sequence;
        lastFrameSeq = frameSeq;
        counters.received();
    }
}
