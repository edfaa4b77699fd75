package io.sdros.shm.reader;

import io.sdros.shm.reader.RegionFile.Change;
import io.sdros.shm.reader.RegionFile.Opened;
import java.util.Optional;

/**
 * Keeps a reader attached to the file at a path: waits for the file, looks after it now and then, and attaches again
 * whenever it has become another one.
 *
 * <p>A file that only grew is the same region, and nothing happens. In every other case the writer is taken to have started
 * over, even if its numbers seem to go on.
 */
final class RegionAttacher implements AutoCloseable {

    static final long CHECK_PERIOD_NANOS = 200_000_000;
    /** The longest time between two checks: a writer may go on in a file that its path does not lead to any more. */
    private static final long MAX_UNCHECKED_NANOS = 400_000_000;
    /**
     * For how long a file is kept that its path does not lead to any more, for all that can be seen, and in which
     * nothing happens: it may have been removed or replaced. Where frames come, there is nothing better to be had.
     */
    private static final int MAX_UNSEEN_CHECKS = 3;
    private static final long BROKEN_PAUSE_NANOS = 500_000_000;
    private static final int MAX_BROKEN_DOUBLINGS = 5;
    private static final long BROKEN_FORGOTTEN_NANOS = 60_000_000_000L;
    static final long RETRY_PERIOD_NANOS = 50_000_000;

    private final RegionFile file;
    private final FrameReader reader;
    private final StreamEvents events;
    private final long expectedBytes;

    private Optional<AttachedRegion> region = Optional.empty();
    private long checkedNanos;
    private long checkedSequence;
    private boolean suspected;
    private int unseenChecks;
    private String why = "";
    private int brokenInARow;
    private long brokenNanos = -BROKEN_FORGOTTEN_NANOS;
    private long brokenPauseNanos;
    private Optional<Object> brokenKey = Optional.empty();
    private boolean waiting;
    private long nextNanos;
    private boolean smallReported;
    private boolean fresh;

    RegionAttacher(RegionFile file, FrameReader reader, StreamEvents events, long expectedBytes) {
        this.file = file;
        this.reader = reader;
        this.events = events;
        this.expectedBytes = expectedBytes;
    }

    /** Whether the reader has a region. */
    boolean attached() {
        return region.isPresent();
    }

    /**
     * Does what is due.
     *
     * @param framesCome whether they do, out of the attached file: then it need not be looked after as often
     */
    void service(long nowNanos, boolean framesCome) {
        if (region.isPresent() && isDue(nowNanos)) {
            if (framesCome && !suspected && nowNanos - checkedNanos < MAX_UNCHECKED_NANOS) {
                due(nowNanos + CHECK_PERIOD_NANOS);
            } else {
                check(region.get(), nowNanos);
            }
        }
        if (region.isEmpty() && isDue(nowNanos) && !leftAlone(nowNanos)) {
            attach(nowNanos);
        }
    }

    /** Whether the region was attached, again or for the first time, since this was asked last. */
    boolean freshlyAttached() {
        boolean was = fresh;
        fresh = false;
        return was;
    }

    /** Something about the file has changed: the next turn looks after it, whatever the time. */
    void suspect(long nowNanos) {
        if (region.isPresent()) {
            suspected = true;
            due(nowNanos);
        }
    }

    /** Nanoseconds until something is due here. */
    long untilDueNanos(long nowNanos) {
        return Math.max(1, nextNanos - nowNanos);
    }

    private boolean isDue(long nowNanos) {
        return !waiting || nowNanos - nextNanos >= 0;
    }

    private void due(long nanos) {
        waiting = true;
        nextNanos = nanos;
    }

    private void check(AttachedRegion current, long nowNanos) {
        suspected = false;
        checkedNanos = nowNanos;
        due(nowNanos + CHECK_PERIOD_NANOS);
        long sizeBytes = current.sizeBytes();
        Change change = file.changeOf(current);
        boolean quiet = reader.sequence() == checkedSequence;
        checkedSequence = reader.sequence();
        unseenChecks = change == Change.OUT_OF_SIGHT && quiet ? unseenChecks + 1 : 0;
        switch (change) {
            case NONE -> reader.reexamine();
            case GROWN -> reader.regionGrew();
            case TRUNCATED -> lost("truncated from " + sizeBytes + " bytes", nowNanos);
            case REPLACED -> lost("replaced by another file", nowNanos);
            case REMOVED -> lost("removed", nowNanos);
            case BROKEN -> {
                if (!Thread.currentThread().isInterrupted()) {
                    broken(current, nowNanos);
                }
            }
            case OUT_OF_SIGHT -> {
                if (unseenChecks >= MAX_UNSEEN_CHECKS) {
                    lost("", nowNanos);
                }
            }
        }
    }

    /** A file that opens and cannot be read is left alone, the longer the more often that happens in a row. */
    private void broken(AttachedRegion current, long nowNanos) {
        detach("");
        boolean again = nowNanos - brokenNanos < BROKEN_FORGOTTEN_NANOS;
        brokenInARow = again ? Math.min(brokenInARow + 1, MAX_BROKEN_DOUBLINGS) : 0;
        brokenNanos = nowNanos;
        brokenPauseNanos = BROKEN_PAUSE_NANOS << brokenInARow;
        brokenKey = current.fileKey();
        due(nowNanos + CHECK_PERIOD_NANOS);
        events.attachment(AttachState.UNREADABLE, current.source().failure());
    }

    /** Whether the path still leads to the file that could not be read, and it is to be left alone. */
    private boolean leftAlone(long nowNanos) {
        long leftNanos = brokenPauseNanos - (nowNanos - brokenNanos);
        if (leftNanos <= 0 || !file.isFile(brokenKey)) {
            return false;
        }
        due(nowNanos + Math.min(CHECK_PERIOD_NANOS, leftNanos));
        return true;
    }

    /** The path leads elsewhere, or to something else; what to is looked at at once. */
    private void lost(String reason, long nowNanos) {
        detach(reason);
        due(nowNanos);
    }

    private void detach(String reason) {
        region.ifPresent(AttachedRegion::close);
        region = Optional.empty();
        reader.detach();
        why = reason;
    }

    private void attach(long nowNanos) {
        Opened opened = file.open();
        if (Thread.currentThread().isInterrupted()) {
            // An interrupt makes opening fail; the stream is about to stop, and that is all there is to say.
            opened.region().ifPresent(AttachedRegion::close);
            return;
        }
        String reason = why.isEmpty() ? opened.reason() : why + "; " + opened.reason();
        why = "";
        region = opened.region();
        if (region.isEmpty()) {
            due(nowNanos + RETRY_PERIOD_NANOS);
            events.attachment(opened.state(), reason);
            return;
        }
        suspected = false;
        checkedNanos = nowNanos;
        due(nowNanos + CHECK_PERIOD_NANOS);
        AttachedRegion attached = region.get();
        boolean restarted = reader.attach(attached.source());
        fresh = true;
        events.attachment(AttachState.ATTACHED, reason);
        if (restarted) {
            events.writerRestarted();
        }
        events.anotherRegion();
        reportSize(attached.sizeBytes());
    }

    private void reportSize(long actualBytes) {
        boolean small = actualBytes < expectedBytes;
        if (small && !smallReported) {
            events.smallRegion(actualBytes, expectedBytes);
        }
        smallReported = small;
    }

    @Override
    public void close() {
        detach("");
    }
}
