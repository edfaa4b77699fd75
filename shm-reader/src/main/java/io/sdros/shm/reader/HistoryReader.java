package io.sdros.shm.reader;

import io.sdros.shm.protocol.FrameHeaderLayout;
import io.sdros.shm.protocol.HistoryRecordLayout;
import io.sdros.shm.reader.HistoryView.Look;
import java.util.Optional;

/**
 * Reads the records of a history in order, where there is one. What was read is handed over by {@link FrameReader}, which
 * also reads the slot where a frame is in no record.
 *
 * <p>A reader that was not run for a while goes on where it was, unless the next record is older than the limit and there
 * is a newer keyframe: then there. One that the writer has overtaken goes on at the newest keyframe, too, or at the last
 * record if there is none. Whoever begins to read begins there as well; after a writer's start, with its first record.
 *
 * <p>A history stays unused while its writer is not the slot's: when that has started over and the history has not.
 */
final class HistoryReader {

    /** No writer is that many frames ahead of the slot; a record that says so is none. */
    private static final long MAX_SEQUENCE_LEAD = 1L << 20;
    private static final long NEVER = -1;

    /** Where to begin. */
    private enum Beginning { LATEST_KEYFRAME, FIRST_RECORD }

    private final long maxLatencyNanos;

    private Optional<HistoryView> view = Optional.empty();
    private boolean active;
    /** Whether to look for a history with the next frame. */
    private boolean due;
    private Beginning beginning = Beginning.LATEST_KEYFRAME;
    private boolean placed;
    /** Whether somebody begins to read with the next frame. */
    private boolean rewound;
    private long position;
    /** The commit sequence of the last record that was dealt with; 0 = none. */
    private long sequence;
    private boolean behind;

    /** The epoch that was given up, and the tail it had then: if that moves, it is alive after all. */
    private long staleEpoch;
    private long staleTail = NEVER;
    /** The epoch of the last history that was in use. */
    private long epoch;

    private boolean tried;
    private long recordBytes;
    private long recordSequence;
    private boolean recordSound;

    private long laps;
    private long skips;

    /** @param maxLatencyNanos how old a record may be to be read although there is a newer keyframe; 0 = as old as it likes */
    HistoryReader(long maxLatencyNanos) {
        this.maxLatencyNanos = maxLatencyNanos;
    }

    /** Another file. */
    void attach(RegionSource source) {
        view = Optional.of(new HistoryView(source));
        lose();
        staleEpoch = 0;
        epoch = 0;
        beginning = Beginning.LATEST_KEYFRAME;
    }

    void detach() {
        view = Optional.empty();
        lose();
    }

    /** Looks for a history with the next frame; the one in use is let go of if it is not there any more. */
    void lookAgain() {
        due = true;
    }

    private void lose() {
        active = false;
        behind = false;
        placed = false;
        due = true;
    }

    /** Whether frames come out of a history. */
    boolean active() {
        return active;
    }

    /** Whether there are committed records that have not been dealt with. */
    boolean behind() {
        return active && behind;
    }

    /** The commit sequence (u64) up to which records have been dealt with. */
    long sequence() {
        return sequence;
    }

    /** How often the writer has overtaken the reader. */
    long laps() {
        return laps;
    }

    /** How often records were left out because they were too old. */
    long skips() {
        return skips;
    }

    /** The slot's writer has started over. Only a history that starts over as well is still of use. */
    void writerStartedOver() {
        abandon();
        epoch = 0;
        beginning = Beginning.FIRST_RECORD;
    }

    /** The slot's writer is not the history's. */
    void abandon() {
        if (active && view.orElseThrow().look() != Look.GONE) {
            staleEpoch = epoch;
            staleTail = view.orElseThrow().tail();
        }
        lose();
    }

    /** The next frame wanted is that of a reader who begins; whether there is a history to begin in. */
    boolean rewind() {
        beginning = Beginning.LATEST_KEYFRAME;
        rewound = true;
        placed = false;
        behind = active;
        return active;
    }

    /**
     * Looks for a history if that is due.
     *
     * @return whether there is another writer's than before, which has started unseen
     */
    boolean refresh() {
        if (!due || view.isEmpty()) {
            return false;
        }
        HistoryView seen = view.get();
        long before = epoch;
        Look look = seen.find();
        // Numbers that were copied while they were stored are not a reason to do without the history for long.
        due = look == Look.UNSOUND;
        if (active && look != Look.GONE && seen.epoch() == epoch) {
            return false;
        }
        active = look == Look.SOUND && !(seen.epoch() == staleEpoch && seen.tail() == staleTail);
        if (!active) {
            behind = false;
            return false;
        }
        placed = false;
        staleEpoch = 0;
        epoch = seen.epoch();
        boolean another = before != 0 && before != epoch;
        if (another && !rewound) {
            beginning = Beginning.FIRST_RECORD;
        }
        return another;
    }

    /**
     * Copies the next record's frame, checked but for its CRC and numbers, into the memory.
     *
     * @param slot         looked at just now
     * @param readSequence the commit sequence up to which frames were read and are continued by the next one; 0 = none
     * @param nowNanos     the clock of the commit times
     * @return {@link ReadOutcome#FRAME} if there is one; {@link ReadOutcome#NO_NEW_FRAME} if there is no further record
     */
    ReadOutcome read(RegionView slot, long readSequence, FrameMemory memory, long nowNanos) {
        HistoryView ring = view.orElseThrow();
        tried = true;
        recordSound = false;
        switch (ring.look()) {
            case GONE -> {
                lose();
                return ReadOutcome.TORN_READ;
            }
            case UNSOUND -> {
                return ReadOutcome.TORN_READ;
            }
            case SOUND -> { }
        }
        if (!placed) {
            place(ring, slot, readSequence, nowNanos);
        }
        if (position > ring.tail()) {
            abandon();
            return ReadOutcome.TORN_READ;
        }
        if (!ring.keeps(position)) {
            lapped(ring);
        }
        ReadOutcome found = findFrame(ring, slot.sequence(), nowNanos);
        return found == ReadOutcome.FRAME ? copy(ring, memory, nowNanos) : found;
    }

    private void place(HistoryView ring, RegionView slot, long readSequence, long nowNanos) {
        placed = true;
        sequence = readSequence;
        if (readSequence != 0) {
            position = ring.tail();
        } else if (beginning == Beginning.FIRST_RECORD) {
            position = HistoryBeginning.atFirstRecord(ring);
        } else {
            position = HistoryBeginning.atLatestKeyframe(ring, slot, nowNanos);
        }
        beginning = Beginning.LATEST_KEYFRAME;
        rewound = false;
    }

    private void lapped(HistoryView ring) {
        laps++;
        long keyframe = ring.latestKeyframe();
        long latest = ring.latest();
        position = keyframe > position ? keyframe : Math.max(position, latest >= 0 ? latest : ring.tail());
    }

    /** Finds the next record with a frame, of which nothing is believed yet but that its length stays within the ring. */
    private ReadOutcome findFrame(HistoryView ring, long slotSequence, long nowNanos) {
        while (position < ring.tail()) {
            if (!ring.copyHead(position)) {
                lose();
                return ReadOutcome.TORN_READ;
            }
            long lengthBytes = ring.recordBytes();
            boolean fits = lengthBytes <= ring.leftBytes(position) && lengthBytes <= ring.tail() - position;
            if (ring.isPadding() && fits && lengthBytes == ring.leftBytes(position)) {
                position += lengthBytes;
            } else if (ring.isFrame() && fits && lengthBytes == HistoryRecordLayout.recordBytes(ring.payloadBytes())
                    && possible(ring.recordSequence(), slotSequence) && follows(ring.recordSequence())) {
                long keyframe = ring.latestKeyframe();
                if (keyframe <= position || !tooOld(ring.commitNanos(), nowNanos)) {
                    recordBytes = lengthBytes;
                    recordSequence = ring.recordSequence();
                    return ReadOutcome.FRAME;
                }
                skips++;
                position = keyframe;
            } else {
                boolean early = ring.isFrame() && !follows(ring.recordSequence());
                return overwritten(ring) || early ? ReadOutcome.TORN_READ : ReadOutcome.BAD_HEADER;
            }
        }
        behind = false;
        return ReadOutcome.NO_NEW_FRAME;
    }

    private static boolean possible(long recordSequence, long slotSequence) {
        return recordSequence != 0 && recordSequence - slotSequence <= MAX_SEQUENCE_LEAD;
    }

    /**
     * Whether a record can be behind the last one. If not, it is what was there a round before: its writer has no fences (it
     * is in Python, say), and this processor has shown the tail before the record. A CRC does not tell.
     */
    private boolean follows(long recordSequence) {
        return sequence == 0 || recordSequence - sequence > 0;
    }

    private boolean tooOld(long commitNanos, long nowNanos) {
        return maxLatencyNanos != 0 && commitNanos != 0 && nowNanos - commitNanos > maxLatencyNanos;
    }

    private ReadOutcome copy(HistoryView ring, FrameMemory memory, long nowNanos) {
        int frameBytes = (int) (FrameHeaderLayout.HEADER_BYTES + ring.payloadBytes());
        if (!memory.possible(frameBytes)) {
            recordSound = true;
            return ReadOutcome.INVALID_LENGTH;
        }
        if (!memory.provide(frameBytes, nowNanos)) {
            recordSound = !overwritten(ring);
            return ReadOutcome.OUT_OF_MEMORY;
        }
        if (!ring.copyFrame(position, memory.array(), memory.headroomBytes(), frameBytes)) {
            lose();
            return ReadOutcome.TORN_READ;
        }
        if (overwritten(ring)) {
            return ReadOutcome.TORN_READ;
        }
        recordSound = true;
        // A writer that changes what it has committed is none of ours.
        return ring.hasCopiedSize(memory.array(), memory.headroomBytes()) ? ReadOutcome.FRAME : ReadOutcome.BAD_HEADER;
    }

    /** Looks again: whether what was copied from the position on may have been overwritten meanwhile. */
    private boolean overwritten(HistoryView ring) {
        switch (ring.look()) {
            case GONE -> lose();
            case UNSOUND -> { }
            case SOUND -> {
                if (ring.keeps(position)) {
                    return false;
                }
                lapped(ring);
            }
        }
        return true;
    }

    /** No record is looked for in the attempt that follows, or not any more. */
    void leftAlone() {
        tried = false;
    }

    /** Whether the last attempt was one at a record. */
    boolean tried() {
        return tried;
    }

    /**
     * What the last attempt was at: another number for another frame.
     *
     * @param slotSequence what it was at if not at a record
     */
    long attempted(long slotSequence) {
        return tried ? position : slotSequence;
    }

    /** The commit sequence (u64) of what the last attempt failed at: the slot's, if it is not known to be another. */
    long failedSequence(long slotSequence) {
        return tried && recordSound ? recordSequence : slotSequence;
    }

    /** When the picture of the frame copied last was taken, as the record says. */
    long captureNanos() {
        return view.orElseThrow().captureNanos();
    }

    /** When the frame copied last was committed, as the record says. */
    long commitNanos() {
        return view.orElseThrow().commitNanos();
    }

    /** The frame copied last has been dealt with. */
    void accept() {
        position += recordBytes;
        sequence = recordSequence;
        behind = position < view.orElseThrow().tail();
    }

    /**
     * Leaves alone what the last attempt failed at: the record, if it is one; otherwise all there is.
     *
     * @param slotSequence the commit sequence of the last look
     */
    void giveUp(long slotSequence) {
        if (!active) {
            return;
        }
        if (recordSound) {
            accept();
            return;
        }
        placed = true;
        behind = false;
        HistoryView ring = view.orElseThrow();
        if (ring.look() == Look.SOUND) {
            position = ring.tail();
            sequence = slotSequence;
        } else {
            abandon();
        }
    }
}
