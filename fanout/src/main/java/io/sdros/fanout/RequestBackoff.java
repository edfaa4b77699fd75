package io.sdros.fanout;

import java.time.Duration;

/**
 * How often one subscriber may cause a keyframe request. Requests for lags of its own come in pairs, the second as soon
 * as requests may follow each other: the keyframe that comes while a link recovers is often late itself. A keyframe
 * costs all who watch, so whoever lags again and again is served ever less often: each pair doubles the time until the
 * next, up to {@value #MOST_SECONDS} s. It begins anew once it has kept up, which is {@value #MOST_SECONDS} s without a
 * lag of its own and without a request that it waited for.
 *
 * <p>Threading: producer thread only. Times are on the broadcaster's own clock, which starts at 0.
 */
final class RequestBackoff {

    private static final long MOST_SECONDS = 30;
    private static final long KEPT_UP_NANOS = Duration.ofSeconds(MOST_SECONDS).toNanos();

    private final long soonNanos;
    private final long leastNanos;
    private final long mostNanos;

    /** What it is held back by after a request. */
    private long heldBackNanos;

    /** What it will be held back by after the second of a pair. */
    private long nextNanos;
    private boolean secondIsNext;

    private long openNanos;
    private long troubleNanos;
    private boolean lagging;

    /**
     * Makes one.
     *
     * @param soonNanos  between two requests whoever they are for
     * @param leastNanos what it is held back by after the first pair
     */
    RequestBackoff(long soonNanos, long leastNanos) {
        this.soonNanos = Math.min(soonNanos, leastNanos);
        this.leastNanos = leastNanos;
        mostNanos = Math.max(leastNanos, KEPT_UP_NANOS);
        beginAnew();
    }

    private void beginAnew() {
        heldBackNanos = soonNanos;
        nextNanos = leastNanos;
        secondIsNext = false;
    }

    /** The subscriber lags with no keyframe at hand. */
    void lagged(long nowNanos) {
        if (nowNanos - troubleNanos >= KEPT_UP_NANOS) {
            beginAnew();
        }
        troubleNanos = nowNanos;
        lagging = true;
    }

    /** A request has been made, and the subscriber is among those who wait for what it brings. */
    void requested(long nowNanos) {
        if (lagging) {
            // Once per lag: a request that is repeated because nobody answers is no fault of the subscriber.
            lagging = false;
            if (secondIsNext) {
                heldBackNanos = nextNanos;
                nextNanos = Math.min(2 * nextNanos, mostNanos);
            } else {
                heldBackNanos = soonNanos;
            }
            secondIsNext = !secondIsNext;
        }
        troubleNanos = nowNanos;
        openNanos = nowNanos + heldBackNanos;
    }

    /** Whether it is held back for longer than anybody. */
    boolean grown() {
        return heldBackNanos > leastNanos;
    }

    /** Before this its needs cause no request of their own. */
    long openNanos() {
        return openNanos;
    }
}
