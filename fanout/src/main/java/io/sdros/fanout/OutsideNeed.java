package io.sdros.fanout;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Those who need a keyframe and are not subscribed: the viewers behind somebody who is. Told by any thread; the rest is for
 * the producer thread.
 */
final class OutsideNeed {

    private record Told(KeyframeRequestReason reason, int clients) {
    }

    private final AtomicReference<Told> told = new AtomicReference<>();
    private int clients;

    /** @return whether the producer thread does not know yet that something was told */
    boolean tell(KeyframeRequestReason reason, int count) {
        return told.getAndSet(new Told(reason, count)) == null;
    }

    /** Looks at what was told last, and passes it on. */
    void take(KeyframeRequestSchedule requests, long nowNanos) {
        if (told.getPlain() == null) { // what is told meanwhile wakes the producer, which looks again
            return;
        }
        Told need = told.getAndSet(null);
        clients = need.clients;
        requests.need(need.reason, 0, nowNanos);
    }

    /** A keyframe has come, or one was asked for: who is not helped by it says so again. */
    void met() {
        clients = 0;
    }

    /** How many wait. */
    int clients() {
        return clients;
    }
}
