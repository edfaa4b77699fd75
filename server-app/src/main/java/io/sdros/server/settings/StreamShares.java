package io.sdros.server.settings;

/**
 * What each of several streams may hold, so that all together hold what one would: each has a part of its own, so that one
 * whose viewers stall takes nothing of another's.
 *
 * @param streams at least one
 * @param heapBytes what the heap may grow to
 */
record StreamShares(int streams, long heapBytes) {

    /** Of the heap, for the last groups of pictures of all streams together. */
    private static final int CACHE_PART = 4;

    /** SDR_QUEUE_BYTES is for the process. */
    long queueBytes(long forAll, long least) {
        return Math.max(least, forAll / streams);
    }

    /** SDR_GOP_CACHE_BYTES is for each stream; its default gives way when there are many and the heap is small. */
    long gopCacheBytes(long forEach, boolean chosen) {
        return chosen || streams == 1 ? forEach : Math.min(forEach, heapBytes / CACHE_PART / streams);
    }
}
