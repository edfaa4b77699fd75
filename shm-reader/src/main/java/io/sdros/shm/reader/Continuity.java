package io.sdros.shm.reader;

import io.sdros.shm.protocol.FrameHeader;

/**
 * Whether a good frame continues the one before it, and whether it may be shown. Good frames that may not be shown
 * count as seen, so one gap is found once.
 *
 * <p>Frames are compared by distance, so numbers may pass from 2^64 - 1 to 0.
 */
final class Continuity {

    /**
     * The most frames that can be missing in a row; where more seem to be, the numbers belong to another count. That many
     * frames are four and a half hours at 60 a second, in which a reader that was run would have read at least one.
     */
    static final long MAX_GAP_FRAMES = 1_000_000;

    /** How a frame relates to the good frame before it. */
    enum Relation { IN_ORDER, SAME, AFTER_GAP, AFTER_RESTART }

    private final boolean gating;
    private boolean gateClosed;
    private boolean known;
    private FrameHeader last = new FrameHeader(0, 0, 0, 0, 0, 0, 0);
    private long lostFrames;

    Continuity(boolean gating) {
        this.gating = gating;
        this.gateClosed = gating;
    }

    /** Takes note of a good frame. The gate closes after a gap and after a restart, and opens for a keyframe. */
    Relation accept(FrameHeader header) {
        lostFrames = 0;
        Relation relation = relationOf(header);
        if (relation == Relation.SAME) {
            return relation;
        }
        if (relation == Relation.AFTER_GAP) {
            lostFrames = header.frameSeq() - last.frameSeq() - 1;
        }
        if (relation != Relation.IN_ORDER) {
            gateClosed = gating;
        }
        if (header.keyframe()) {
            gateClosed = false;
        }
        known = true;
        last = header;
        return relation;
    }

    private Relation relationOf(FrameHeader header) {
        if (!known) {
            // Whoever forgot has said why; there is nothing more to report.
            return Relation.IN_ORDER;
        }
        long distance = header.frameSeq() - last.frameSeq();
        if (distance == 1) {
            return Relation.IN_ORDER;
        }
        if (distance == 0 && header.equals(last)) {
            return Relation.SAME;
        }
        return distance > 0 && distance - 1 <= MAX_GAP_FRAMES ? Relation.AFTER_GAP : Relation.AFTER_RESTART;
    }

    /** Whether the last frame taken note of may not be shown. */
    boolean gateClosed() {
        return gateClosed;
    }

    /** How many frames are missing before the last one taken note of. */
    long lostFrames() {
        return lostFrames;
    }

    /** The next frame continues nothing: whatever its number, it is neither a repeat nor after a gap. */
    void forget() {
        known = false;
        gateClosed = gating;
    }

    /** Whether there is a frame the next one can continue. */
    boolean known() {
        return known;
    }

    /** Whether a header other than the last good one carries a number that was there before. */
    boolean numberCameRoundAgain(FrameHeader header) {
        return known && header.frameSeq() - last.frameSeq() <= 0 && !header.equals(last);
    }
}
