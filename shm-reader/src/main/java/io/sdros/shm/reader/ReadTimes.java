package io.sdros.shm.reader;

/**
 * When a frame was where. The reader makes one, and uses it for every frame.
 *
 * <p>What a producer says is believed as far as it is possible: nothing is committed after it was read, nor taken after it
 * was committed. Whatever else it says (a clock of its own, say) only makes its frames look old.
 */
final class ReadTimes {

    private long readNanos;
    private long captureNanos;
    private long commitNanos;
    private boolean commitKnown;

    /** Of a frame that was read out of the slot, which has no place for times. */
    void ofSlot(long seenNanos) {
        ofRecord(0, 0, seenNanos);
    }

    /** Of a frame whose record says when it was taken and committed; 0 = unknown. */
    void ofRecord(long captureNanos, long commitNanos, long seenNanos) {
        readNanos = seenNanos;
        commitKnown = commitNanos != 0 && seenNanos - commitNanos >= 0;
        this.commitNanos = commitKnown ? commitNanos : seenNanos;
        this.captureNanos = captureNanos != 0 && this.commitNanos - captureNanos >= 0 ? captureNanos : 0;
    }

    long readNanos() {
        return readNanos;
    }

    long captureNanos() {
        return captureNanos;
    }

    long commitNanos() {
        return commitNanos;
    }

    boolean commitKnown() {
        return commitKnown;
    }
}
