package io.sdros.shm.reader;

import io.sdros.shm.reader.RegionFile.Change;
import io.sdros.shm.reader.RegionFile.Opened;
import java.util.Optional;

/**
 * Keeps a reader attached to the file at a path: waits for the file, looks after it now and then, and attaches again
 * whenever it has become another one.
 *
 * <p>A file that only grew is the same region. In every other case the writer is taken to have started over, even if
 * its numbers seem to go on.
 */
final class RegionKeeper implements AutoCloseable {

    static final long CHECK_PERIOD_NANOS = 200_000_000;
    /**
     * For how long a file is kept that its path does not lead to any more, for all that can be seen, and in which nothing
     * happens: it may have been removed or replaced. Where frames come, there is nothing better to be had.
     */
    private static final int MAX_UNSEEN_CHECKS = 4;
    static final long RETRY_PERIOD_NANOS = 50_000_000;
    private static final long MAX_FAULT_PAUSE_NANOS = 500_000_000;
    private static final long FAULTS_FORGOTTEN_NANOS = 10_000_000_000L;
    /** The VM tells at one of the next calls into it. */
    private static final long FAULTS_TOLD_WITHIN_NANOS = 1_000_000_000;

    private final RegionFile file;
    private final RegionOpener opener;
    private final FrameReader reader;
    private final StreamEvents events;
    private final long expectedBytes;

    private Optional<MappedRegion> region = Optional.empty();
    private boolean everAttached;
    private long checkedSequence;
    private int unseenChecks;
    private boolean sameWriter;
    private String why = "";
    private boolean waiting;
    private long nextNanos;
    private int faultsInARow;
    private long lastFaultNanos;
    /** A mapping was dropped whose pages may have vanished, and the VM may not have told yet. */
    private boolean faultOutstanding;
    private long droppedNanos;
    private boolean smallReported;
    private boolean fresh;

    RegionKeeper(RegionFile file, FrameReader reader, StreamEvents events, long expectedBytes) {
        this.file = file;
        this.opener = new RegionOpener(file);
        this.reader = reader;
        this.events = events;
        this.expectedBytes = expectedBytes;
    }

    /** Does what is due. Afterwards the reader is attached, or it is not, and the answer says which. */
    boolean attached(long nowNanos) {
        if (!waiting || nowNanos - nextNanos >= 0) {
            if (region.isPresent()) {
                check(region.get(), nowNanos);
            }
            if (region.isEmpty()) {
                attach(nowNanos);
            }
        }
        return region.isPresent();
    }

    /** Whether the region was attached, again or for the first time, since this was asked last. */
    boolean freshlyAttached() {
        boolean was = fresh;
        fresh = false;
        return was;
    }

    /** Nanoseconds until something is due here. */
    long untilDueNanos(long nowNanos) {
        return Math.max(1, nextNanos - nowNanos);
    }

    private void due(long nanos) {
        waiting = true;
        nextNanos = nanos;
    }

    private void check(MappedRegion current, long nowNanos) {
        due(nowNanos + CHECK_PERIOD_NANOS);
        Change change = file.changeOf(current);
        boolean quiet = reader.sequence() == checkedSequence;
        checkedSequence = reader.sequence();
        unseenChecks = change == Change.OUT_OF_SIGHT && quiet ? unseenChecks + 1 : 0;
        if (change == Change.TRUNCATED || change == Change.REPLACED || change == Change.REMOVED) {
            faultOutstanding = true;
            droppedNanos = nowNanos;
        }
        switch (change) {
            case NONE -> reader.reexamine();
            case GROWN -> detach("grew from " + current.mappedBytes() + " bytes", true);
            case TRUNCATED -> detach("truncated from " + current.mappedBytes() + " bytes", false);
            case REPLACED -> detach("replaced by another file", false);
            case REMOVED -> detach("removed", false);
            case OUT_OF_SIGHT -> {
                if (unseenChecks >= MAX_UNSEEN_CHECKS) {
                    detach("", false);
                }
            }
        }
    }

    private void detach(String reason, boolean writerGoesOn) {
        region.ifPresent(MappedRegion::close);
        region = Optional.empty();
        reader.detach();
        why = reason;
        sameWriter = writerGoesOn;
    }

    private void attach(long nowNanos) {
        faultOutstanding &= nowNanos - droppedNanos < FAULTS_TOLD_WITHIN_NANOS;
        Opened opened = faultOutstanding ? opener.open() : file.open();
        if (Thread.currentThread().isInterrupted()) {
            // An interrupt makes opening fail; the stream is about to stop, and that is all there is to say.
            opened.region().ifPresent(MappedRegion::close);
            opener.taken();
            return;
        }
        String reason = why.isEmpty() ? opened.reason() : why + "; " + opened.reason();
        why = "";
        region = opened.region();
        opener.taken();
        if (region.isEmpty()) {
            due(nowNanos + RETRY_PERIOD_NANOS);
            // The file may be filled by anybody before it can be opened again.
            sameWriter = false;
            events.attachment(opened.state(), reason);
            return;
        }
        due(nowNanos + CHECK_PERIOD_NANOS);
        MappedRegion attached = region.get();
        reader.attach(attached.buffer(), attached::fileSizeBytes, sameWriter || !everAttached);
        if (!sameWriter) {
            events.anotherRegion();
        }
        everAttached = true;
        fresh = true;
        events.attachment(AttachState.ATTACHED, reason);
        if (reader.restartUntold()) {
            events.writerRestarted();
            // Only now: told twice is better than not at all, should a late fault come up in between.
            reader.restartTold();
        }
        reportSize(attached.mappedBytes());
    }

    private void reportSize(int actualBytes) {
        boolean small = actualBytes < expectedBytes;
        if (small && !smallReported) {
            events.smallRegion(actualBytes, expectedBytes);
        }
        smallReported = small;
    }

    /**
     * Drops the mapping after the VM has reported a fault. The first time the file is opened again at once; a file
     * that faults again and again is left alone for up to half a second, unless the fault is explained: the file has become
     * shorter, or it is the late news of the mapping before.
     */
    void faulted(long nowNanos) {
        boolean cutShort = region.isPresent() && region.get().fileSizeBytes() < region.get().mappedBytes();
        detach("a page of the file could not be read", false);
        boolean late = faultOutstanding;
        faultOutstanding = false;
        if (cutShort || late) {
            due(nowNanos);
            return;
        }
        boolean again = faultsInARow > 0 && nowNanos - lastFaultNanos < FAULTS_FORGOTTEN_NANOS;
        faultsInARow = again ? faultsInARow + 1 : 1;
        lastFaultNanos = nowNanos;
        if (!again) {
            due(nowNanos);
            return;
        }
        due(nowNanos + Math.min(RETRY_PERIOD_NANOS << Math.min(faultsInARow, 16), MAX_FAULT_PAUSE_NANOS));
        events.attachment(AttachState.UNREADABLE, "pages of the file cannot be read, again and again");
    }

    @Override
    public void close() {
        detach("", false);
    }
}
