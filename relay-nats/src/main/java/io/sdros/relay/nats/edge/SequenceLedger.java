package io.sdros.relay.nats.edge;

/**
 * Counts each frame that an origin has published, from the first that was handed on, exactly once: as handed on, or as
 * lost somewhere.
 */
final class SequenceLedger {

    private final EdgeCounters counters;
    private boolean begun;
    private long last;
    private long lastFrameSeq;
    private long incomplete;
    private long overflowed;

    SequenceLedger(EdgeCounters counters) {
        this.counters = counters;
    }

    /** What comes next is a beginning: what was published before it was not for us. */
    void beginAnew() {
        begun = false;
        incomplete = 0;
        overflowed = 0;
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
     * @param where where, unless more is known
     */
    void handedOn(long sequence, long frameSeq, LostWhere where) {
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
        incomplete = 0;
        overflowed = 0;
        last = sequence;
        lastFrameSeq = frameSeq;
        counters.received();
    }
}
