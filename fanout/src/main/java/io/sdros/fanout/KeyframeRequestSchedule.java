package io.sdros.fanout;

import java.util.concurrent.atomic.LongAdder;

/**
 * When to ask for a keyframe, for the whole server.
 *
 * <pre>
 *   IDLE ──need──► DUE ──sent──► UNANSWERED ──(interval passed: sent again, TIMEOUT)──┐
 *                   ▲ │ failed: due again          ▲                                  │
 *                   └─┘ after the interval         └──────────────────────────────────┘
 *   any state ──keyframe, or nobody waits any more──► IDLE
 * </pre>
 *
 * <p>Threading: producer thread only, except for {@link #statistics}. Times are on the broadcaster's own clock, which
 * starts at 0.
 */
final class KeyframeRequestSchedule {

    private enum State {
        IDLE,
        DUE,
        UNANSWERED
    }

    private final KeyframeRequestSink sink;
    private final long intervalNanos;
    private final LongAdder sent = new LongAdder();
    private final LongAdder coalesced = new LongAdder();
    private final LongAdder failed = new LongAdder();

    private State state = State.IDLE;
    private KeyframeRequestReason reason = KeyframeRequestReason.JOIN;
    private long dueNanos;

    /** No attempt before this: one interval after the last. */
    private long openNanos;

    KeyframeRequestSchedule(KeyframeRequestSink sink, long intervalNanos) {
        this.sink = sink;
        this.intervalNanos = intervalNanos;
    }

    /** @param earliestNanos when this need may cause a request at the earliest */
    void need(KeyframeRequestReason why, long earliestNanos, long nowNanos) {
        long due = Math.max(earliestNanos, openNanos);
        if (state != State.IDLE || due > nowNanos) {
            coalesced.increment();
        }
        switch (state) {
            case IDLE -> {
                state = State.DUE;
                reason = why;
                dueNanos = due;
            }
            case DUE -> dueNanos = Math.min(dueNanos, due);
            case UNANSWERED -> {
                // the repetition that is due anyway serves this need, too
            }
        }
    }

    void answered() {
        state = State.IDLE;
    }

    /**
     * @param clients how many wait for a keyframe; if nobody does, the need is over
     * @return whether a request was sent
     */
    boolean service(long nowNanos, int clients) {
        if (clients == 0) {
            state = State.IDLE;
        }
        return state != State.IDLE && nowNanos >= dueNanos && attempt(nowNanos, clients);
    }

    private boolean attempt(long nowNanos, int clients) {
        openNanos = nowNanos + intervalNanos;
        dueNanos = openNanos;
        if (send(clients)) {
            sent.increment();
            state = State.UNANSWERED;
            return true;
        }
        failed.increment();
        return false;
    }

    private boolean send(int clients) {
        try {
            return sink.request(state == State.UNANSWERED ? KeyframeRequestReason.TIMEOUT : reason, clients);
        } catch (RuntimeException e) {
            // Whatever is wrong with the sink, the stream goes on; the caller counts it.
            return false;
        }
    }

    KeyframeRequestStatistics statistics() {
        return new KeyframeRequestStatistics(sent.sum(), coalesced.sum(), failed.sum());
    }
}
