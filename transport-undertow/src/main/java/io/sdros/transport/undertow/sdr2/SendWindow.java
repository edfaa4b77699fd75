package io.sdros.transport.undertow.sdr2;

/**
 * Whether one more frame may be begun for a client that sends feedback. What the kernel and the network hold nobody can
 * drop, so it is bounded by time. The reader of the {@link SentFrames} brings feedback; who writes asks.
 */
public final class SendWindow {

    /** By how much the delay must have grown over its least before anything is held back. */
    static final long GROWN_NANOS = 50_000_000;

    /** How often a client sends feedback at least. */
    static final long FEEDBACK_INTERVAL_NANOS = 200_000_000;

    private static final long NANOS_PER_MICRO = 1000;

    private final SentFrames sent;
    private final long windowNanos;
    private final LatelyLeast leastDelay = new LatelyLeast();

    // Written by the reader, in this order.
    private volatile long receivedIndex = -1;
    private long leastDelayNanos;
    private volatile boolean delayGrown;
    private volatile long heardNanos;
    private volatile boolean heard;

    public SendWindow(SentFrames sent, long windowNanos) {
        this.sent = sent;
        this.windowNanos = windowNanos;
    }

    /** The reader: the client has said this. */
    public void feedback(Judgement judgement, long nowNanos) {
        SentFrame received = judgement.received();
        if (received != null && received.index() > receivedIndex) {
            long delayNanos = judgement.message().receivedNanos() - received.begunNanos();
            receivedIndex = received.index();
            long errorNanos = judgement.message().clockErrorMicros() * NANOS_PER_MICRO;
            leastDelayNanos = leastDelay.with(delayNanos, errorNanos, nowNanos);
            delayGrown = delayNanos - leastDelayNanos > GROWN_NANOS;
        }
        heardNanos = nowNanos;
        heard = true;
    }

    /** The reader: after a pause the client begins anew. It may have left out what came meanwhile, and then never speaks of it. */
    public void resumed() {
        receivedIndex = sent.count() - 1;
    }

    /** The reader: the least of the last 30 s from a frame's begin to its arrival; 0 before the first. */
    public long leastDelayNanos() {
        return leastDelayNanos;
    }

    /** Any thread: how many frames have been begun that are newer than the newest received. */
    public long unreceived() {
        return Math.max(0, sent.count() - 1 - receivedIndex);
    }

    /** Any thread: whether the last frame received had taken noticeably longer than the fastest lately. */
    public boolean delayGrown() {
        return delayGrown;
    }

    /** Who writes: a client that never sent feedback may always be sent more. */
    public boolean open(long nowNanos) {
        if (!heard) {
            return true;
        }
        if (nowNanos - heardNanos > FEEDBACK_INTERVAL_NANOS + windowNanos) {
            return false;
        }
        long oldestUnreceived = receivedIndex + 1;
        return !delayGrown || oldestUnreceived >= sent.count() || nowNanos - sent.begunNanos(oldestUnreceived) <= windowNanos;
    }
}
