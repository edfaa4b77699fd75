package io.sdros.transport.undertow.sdr2;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The frames that were sent to one client last, and when. One thread at a time writes down what it sends, each publishing
 * to the next; one other thread, the reader, may look a frame up meanwhile.
 */
public final class SentFrames {

    /** Four seconds at 30 frames/s. */
    static final int CAPACITY = 128;

    private static final int FIELDS = 8;
    private static final int SEQ = 0;
    private static final int CAPTURE = 1;
    private static final int COMMIT = 2;
    private static final int SERVER = 3;
    private static final int BEGUN = 4;
    private static final int SOCKET = 5;
    private static final int END = 6;

    private final AtomicLongArray values = new AtomicLongArray(CAPACITY * FIELDS);
    /** Frames begun. A frame's fields are written before it is counted, and written over after the next is. */
    private volatile long count;
    /** Frames whose place is being given to another or has been: written before that begins. */
    private volatile long overwritten;

    /** A writer: this frame's first byte is about to be sent. Before that, lest the client's word of it comes first. */
    public void begin(long frameSeq, long captureNanos, long commitNanos, long serverNanos, long nowNanos, long endBytes) {
        long index = count;
        if (index >= CAPACITY) {
            overwritten = index - CAPACITY + 1;
        }
        int at = place(index);
        values.lazySet(at + SEQ, frameSeq);
        values.lazySet(at + CAPTURE, captureNanos);
        values.lazySet(at + COMMIT, commitNanos);
        values.lazySet(at + SERVER, serverNanos);
        values.lazySet(at + BEGUN, nowNanos);
        values.lazySet(at + SOCKET, 0);
        values.lazySet(at + END, endBytes);
        count = index + 1;
    }

    /** A writer: the kernel has all of the frame that was begun last. */
    public void handedOver(long nowNanos) {
        values.lazySet(place(count - 1) + SOCKET, nowNanos);
    }

    /** Any thread: how many have been begun. */
    public long count() {
        return count;
    }

    /** A writer: when this one was begun. One that is not kept any more was begun before the oldest that is. */
    long begunNanos(long index) {
        return values.get(place(Math.max(index, count - CAPACITY)) + BEGUN);
    }

    /**
     * The reader: the newest frame with this number that may be meant; null if there is none among those kept. One that is sent
     * again, as to who joins anew, has its number twice.
     *
     * @param before      an index
     * @param latestNanos the frame was begun by then
     */
    SentFrame find(long frameSeq, long before, long latestNanos) {
        for (long index = Math.min(before, count) - 1; index >= overwritten; index--) {
            int at = place(index);
            if (values.get(at + SEQ) == frameSeq && values.get(at + BEGUN) - latestNanos <= 0) {
                return at(index);
            }
        }
        return null;
    }

    /** The reader: null if it is not kept any more, or has not been begun. */
    SentFrame at(long index) {
        if (index < overwritten || index >= count) {
            return null;
        }
        int at = place(index);
        SentFrame frame = new SentFrame(index, values.get(at + SEQ), values.get(at + CAPTURE), values.get(at + COMMIT),
                values.get(at + SERVER), values.get(at + BEGUN), values.get(at + SOCKET), values.get(at + END));
        return index < overwritten ? null : frame; // in begin() that is written before any of the fields read here
    }

    /** The reader: whether it may have been sent, but so long ago that nothing is known of it any more. */
    boolean mayBeForgotten(long frameSeq) {
        long oldest = overwritten;
        return oldest > 0 && Long.compareUnsigned(frameSeq, values.get(place(oldest) + SEQ)) < 0;
    }

    private static int place(long index) {
        return (int) (index % CAPACITY) * FIELDS;
    }
}
