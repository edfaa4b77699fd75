package io.sdros.fanout;

/**
 * Says which of the published entries may still be held: the newest ones, as many as fit into the limit together, and
 * the newest in any case. The others are let go wherever they wait. Entries are shared, so what they all hold is no
 * more than this, however many queues there are and however they differ.
 *
 * <p>It moves on in steps of an eighth of the limit, so that nobody is looked at for every entry; the limit holds all
 * the same.
 *
 * <p>Threading: producer thread only.
 */
final class MemoryWindow {

    private static final int STEPS_PER_LIMIT = 8;
    /** A full step is at least an eighth of the limit, so no more than eight and the one being filled fit. */
    private static final int RING = 16;

    private final long limitBytes;
    private final long stepBytes;
    private final long[] firstIndexes = new long[RING];
    private final long[] bytes = new long[RING];
    private long oldest;
    private long newest;
    private long totalBytes;

    MemoryWindow(long limitBytes) {
        this.limitBytes = limitBytes;
        stepBytes = Math.max(1, limitBytes / STEPS_PER_LIMIT);
    }

    void add(long index, int sizeBytes) {
        if (bytes[slot(newest)] >= stepBytes) {
            newest++;
            bytes[slot(newest)] = 0;
        }
        if (bytes[slot(newest)] == 0) {
            firstIndexes[slot(newest)] = index;
        }
        int counted = Math.max(1, sizeBytes);
        bytes[slot(newest)] += counted;
        totalBytes += counted;
        while (totalBytes > limitBytes && oldest < newest) {
            totalBytes -= bytes[slot(oldest++)];
        }
    }

    /** @return the index of the oldest entry that may be held */
    long firstIndex() {
        return firstIndexes[slot(oldest)];
    }

    private static int slot(long step) {
        return (int) (step % RING);
    }
}
