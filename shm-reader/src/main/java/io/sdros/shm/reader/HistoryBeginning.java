package io.sdros.shm.reader;

import io.sdros.shm.reader.HistoryView.Look;

/**
 * Where in a history reading begins. It begins in one whose last record is the slot's frame, or the one that the slot is
 * about to get; otherwise with what comes next, since the slot then has another writer.
 */
final class HistoryBeginning {

    /** How often in a row the last record is compared with the slot, since both may move on meanwhile. */
    private static final int MAX_COMPARISONS = 3;
    /** A writer stores the slot microseconds after the record; it may not be run in between. */
    private static final long MAX_HANDOVER_NANOS = 1_000_000_000;

    private HistoryBeginning() {
    }

    /** With the latest keyframe, or the last record if there is none. */
    static long atLatestKeyframe(HistoryView ring, RegionView slot, long nowNanos) {
        return upToDate(ring, slot, nowNanos) ? newest(ring) : ring.tail();
    }

    /** With a writer's first record, or as far back as there is something to begin with. */
    static long atFirstRecord(HistoryView ring) {
        return ring.keepsAll() ? 0 : newest(ring);
    }

    private static long newest(HistoryView ring) {
        long keyframe = ring.latestKeyframe();
        if (keyframe >= 0) {
            return keyframe;
        }
        long latest = ring.latest();
        return latest >= 0 ? latest : ring.tail();
    }

    private static boolean upToDate(HistoryView ring, RegionView slot, long nowNanos) {
        for (int i = 0; i < MAX_COMPARISONS; i++) {
            long latest = ring.latest();
            boolean known = latest >= 0 && ring.copyHead(latest);
            if (!slot.look()) {
                return false;
            }
            boolean fits = fits(ring, slot, nowNanos);
            Look look = ring.look();
            if (look == Look.GONE) {
                return false;
            }
            // What was not known may have been about to be: the tail is stored after the position of the latest record.
            if (known && look == Look.SOUND && ring.keeps(latest) && fits) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the record whose head was copied is the slot's frame, or the next one and young. An old writer that has come to
     * just that number has stored another header; one that is about to has not done so within a second.
     */
    private static boolean fits(HistoryView ring, RegionView slot, long nowNanos) {
        long lead = ring.recordSequence() - slot.sequence();
        if (lead == 0) {
            return slot.header().filter(ring.header()::equals).isPresent();
        }
        return lead == 1 && nowNanos - ring.commitNanos() <= MAX_HANDOVER_NANOS;
    }
}
