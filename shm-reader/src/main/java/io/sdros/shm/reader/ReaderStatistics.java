package io.sdros.shm.reader;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * What a stream has done so far and how it is. Live: every call answers for the moment it is made. Any thread.
 */
public final class ReaderStatistics {

    private static final long NEVER = Long.MIN_VALUE;

    private final LongSupplier nanoClock;
    private final Map<ReadOutcome, Counter> failures = new EnumMap<>(ReadOutcome.class);
    final Counter framesRead = new Counter();
    final Counter framesLost = new Counter();
    final Counter framesSkipped = new Counter();
    final Counter retries = new Counter();
    final Counter attaches = new Counter();
    final Counter writerRestarts = new Counter();
    final Counter uncaught = new Counter();
    private final Counter sequence = new Counter();
    private final Counter sequenceChangedNanos = new Counter();
    /**
     * Whether {@link #sequence} is what the region at hand said, so that another number is news. Stream's thread only.
     */
    private boolean compared;
    private final Counter historyLaps = new Counter();
    private final Counter historySkips = new Counter();
    private volatile boolean history;
    private volatile boolean bell;
    private volatile Attachment attachment = new Attachment(AttachState.STOPPED, "not started");

    private record Attachment(AttachState state, String reason) {
    }

    ReaderStatistics(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        for (ReadOutcome outcome : ReadOutcome.values()) {
            failures.put(outcome, new Counter());
        }
        sequenceChangedNanos.set(NEVER);
    }

    void failed(ReadOutcome outcome) {
        failures.get(outcome).add(1);
    }

    /**
     * What a region says at first may have stood there for years; only what changes before our eyes is a sign of life.
     */
    void sequenceSeen(long seen, long nowNanos) {
        if (!compared) {
            compared = true;
            sequence.set(seen);
        } else if (seen != sequence.value()) {
            if (seen != 0) {
                sequenceChangedNanos.set(nowNanos);
            }
            sequence.set(seen);
        }
    }

    /** The next sequence will be seen in a region that has not been looked at before. */
    void anotherRegion() {
        compared = false;
    }

    /** Makes the new writer's first number a change, even if it is the old writer's last. */
    void writerRestarted() {
        writerRestarts.add(1);
        if (compared) {
            sequence.set(0);
        }
    }

    void attachment(AttachState state, String reason) {
        attachment = new Attachment(state, reason);
    }

    void bell(boolean heard) {
        bell = heard;
    }

    void history(boolean inUse, long laps, long skips) {
        historyLaps.set(laps);
        historySkips.set(skips);
        if (inUse != history) {
            history = inUse;
        }
    }

    /** Whether frames come out of a history; otherwise a frame that is overwritten before it was read is lost. */
    public boolean history() {
        return history;
    }

    /** How often the writer has overtaken the reader in the history, so that frames were lost. */
    public long historyLaps() {
        return historyLaps.value();
    }

    /** How often frames of the history were left out for a newer keyframe, because they were older than the limit. */
    public long historySkips() {
        return historySkips.value();
    }

    /** Whether the producer's bell says when there is a frame; otherwise the stream polls. */
    public boolean bell() {
        return bell;
    }

    /** Good frames handed to the listener. */
    public long framesRead() {
        return framesRead.value();
    }

    /** Frames that were written but, by their numbers, not read. */
    public long framesLost() {
        return framesLost.value();
    }

    /** Good frames withheld by keyframe gating. */
    public long skippedNonKeyframes() {
        return framesSkipped.value();
    }

    /**
     * Sequences given up for the given reason, and reports of a time in which one failing sequence followed the
     * other; 0 for outcomes that are no failure.
     */
    public long failures(ReadOutcome outcome) {
        return failures.get(outcome).value();
    }

    /** Failed attempts, also those that were followed by a good one. */
    public long retries() {
        return retries.value();
    }

    /** How often the file was attached to. */
    public long attaches() {
        return attaches.value();
    }

    /** How often the writer was found to have started over. */
    public long writerRestarts() {
        return writerRestarts.value();
    }

    /** Exceptions that went, or would have gone, to {@link FrameStreamListener#onUncaught}. */
    public long uncaught() {
        return uncaught.value();
    }

    /** The commit sequence (u64) last seen, kept while no file is attached; 0 before the first commit. */
    public long sequence() {
        return sequence.value();
    }

    /**
     * Nanoseconds since the commit sequence was last seen to change, whether or not the frame was read; empty before
     * the first change. A frame found in the region on attaching is delivered, but no sign of life: nothing tells its
     * age, and what is not a region at all has some number there, too. An attach to another file changes nothing here.
     */
    public OptionalLong lastFrameAgeNanos() {
        long changed = sequenceChangedNanos.value();
        return changed == NEVER
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, nanoClock.getAsLong() - changed));
    }

    /** What the stream has of its file. */
    public AttachState attachState() {
        return attachment.state();
    }

    /** Why, in words for people. */
    public String attachReason() {
        return attachment.reason();
    }
}
