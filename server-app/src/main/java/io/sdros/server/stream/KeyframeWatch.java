package io.sdros.server.stream;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long frames have been coming without a keyframe among them. A pause between two frames counts for no more than a
 * quarter of the limit, so that a writer that pauses, or a stream nobody reads, is not taken for one without keyframes.
 *
 * <p>The reader's thread reports; any thread asks.
 */
final class KeyframeWatch {

    private static final int LEAST_GAPS = 4;
    /** Keyframes this much later than the ones before are missing; an encoder's interval is what its user has chosen. */
    private static final int INTERVALS = 2;

    private final long leastNanos;
    private final long longestGapNanos;

    private boolean begun;
    private boolean keyframeSeen;
    private long lastFrameNanos;
    private long intervalNanos;
    /** Set and read without an order to anything else: a moment's number for a report. */
    private final AtomicLong withoutNanos = new AtomicLong();
    private final AtomicLong limitNanos;

    /** @param least how long is too long, unless keyframes come at longer intervals */
    KeyframeWatch(Duration least) {
        leastNanos = least.toNanos();
        longestGapNanos = Math.max(1, leastNanos / LEAST_GAPS);
        limitNanos = new AtomicLong(leastNanos);
    }

    /** A good frame came by, shown or not. */
    void frame(boolean keyframe, long nowNanos) {
        long gapNanos = begun ? Math.min(nowNanos - lastFrameNanos, longestGapNanos) : 0;
        begun = true;
        lastFrameNanos = nowNanos;
        long sinceNanos = withoutNanos.getPlain() + gapNanos;
        if (!keyframe) {
            withoutNanos.setOpaque(sinceNanos);
            return;
        }
        if (keyframeSeen && sinceNanos != intervalNanos) {
            intervalNanos = sinceNanos;
            limitNanos.setOpaque(Math.max(leastNanos, INTERVALS * intervalNanos));
        }
        keyframeSeen = true;
        withoutNanos.setOpaque(0);
    }

    /** Another stream of frames begins, or there will be none for a time. */
    void restart() {
        begun = false;
        keyframeSeen = false;
        intervalNanos = 0;
        withoutNanos.setOpaque(0);
        limitNanos.setOpaque(leastNanos);
    }

    /** Whether frames come at this moment. The reader's thread. */
    boolean flowing(long nowNanos) {
        return begun && nowNanos - lastFrameNanos < longestGapNanos;
    }

    /** Whether there has been none for too long: the limit, or twice the time between the last two. */
    boolean missed() {
        return withoutNanos.getOpaque() >= limitNanos.getOpaque();
    }

    /** For how long there has been none, if they are missed. */
    Optional<Duration> missing() {
        return missed() ? Optional.of(Duration.ofNanos(withoutNanos.getOpaque())) : Optional.empty();
    }
}
