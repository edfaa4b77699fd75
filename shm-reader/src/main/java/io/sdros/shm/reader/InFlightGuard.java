package io.sdros.shm.reader;

/**
 * Tells a committed frame from one that is still being stored, where no CRC can.
 *
 * <p>A writer that gives no mark while it stores frame N+1 leaves sequence and write length as they were for N. If a
 * read begins after header N+1 is in place, the header does not change under the copy, and nothing in the second look
 * shows that half the payload is still N's. What does show it is the header's own number: a writer counts commits and
 * frames alike, so the distance between {@code frame_seq} and commit sequence, the lead, is the same for all committed
 * frames, and one more for a frame in flight.
 *
 * <p>The lead is known as soon as two different ones were seen, the lower being the right one; or when a header has
 * been in place, with its sequence, for longer than storing a frame takes; or, with a writer too fast for that, when
 * many frames in a row had the same. Writers that count otherwise are not kept waiting: a lead that makes no sense
 * is learnt afresh.
 *
 * <p>Time proves nothing about a writer that was killed in the middle of a frame: what it left stays in place for
 * ever. Writers count frames and commits from the same number, so what it left has a lead of 1; a header with that
 * lead is therefore not believed before its writer has been seen to commit.
 */
final class InFlightGuard {

    static final long SETTLED_NANOS = 3_000_000;
    static final int SETTLED_SEQUENCES = 32;
    /** The lead of a frame in flight, if the writer counts as the contract has it. */
    private static final long IN_FLIGHT = 1;

    private boolean known;
    private boolean learning;
    private boolean refused;
    private long lead;
    private long firstSequence;
    private long firstNanos;
    private int sequences;
    private long askedSequence;
    private long askedNanos;

    /**
     * Whether the frame just copied is one that has been committed.
     *
     * @param sequence the commit sequence before the copy was made, and after
     * @param nowNanos any clock
     */
    boolean committed(long sequence, long frameSeq, long nowNanos) {
        askedSequence = sequence;
        askedNanos = nowNanos;
        refused = !judge(sequence, frameSeq - sequence, nowNanos);
        return !refused;
    }

    private boolean judge(long sequence, long seenLead, long nowNanos) {
        if (known || learning) {
            if (seenLead == lead + 1) {
                known = true;
                return false;
            }
            if (seenLead == lead - 1) {
                lead = seenLead;
                known = true;
                return true;
            }
            if (seenLead == lead) {
                known |= settled(sequence, nowNanos);
                return known;
            }
        }
        learn(sequence, seenLead, nowNanos);
        return false;
    }

    private void learn(long sequence, long seenLead, long nowNanos) {
        known = false;
        learning = true;
        lead = seenLead;
        sequences = 1;
        begin(sequence, nowNanos);
    }

    private boolean settled(long sequence, long nowNanos) {
        if (sequence == firstSequence) {
            return nowNanos - firstNanos >= SETTLED_NANOS && (lead != IN_FLIGHT || sequences > 1);
        }
        begin(sequence, nowNanos);
        return ++sequences >= SETTLED_SEQUENCES;
    }

    private void begin(long sequence, long nowNanos) {
        firstSequence = sequence;
        firstNanos = nowNanos;
    }

    /**
     * The frame last asked about was given up. If that is because of what is known here, it may be wrong: perhaps the
     * writer has left out a number. What is still being learnt goes on with the next sequence.
     */
    void gaveUp() {
        if (refused && known) {
            learn(askedSequence, lead + 1, askedNanos);
        }
    }

    /** Another writer, which may count otherwise. */
    void forget() {
        known = false;
        learning = false;
        refused = false;
    }
}
