package io.sdros.fanout;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The broadcaster's totals. Any thread may write and read. */
final class BroadcasterCounters {

    private final LongAdder published = new LongAdder();
    private final LongAdder keyframes = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final LongAdder discontinuities = new LongAdder();
    private final LongAdder subscriptions = new LongAdder();
    private final LongAdder lagEvents = new LongAdder();
    private final LongAdder overflow = new LongAdder();
    private final LongAdder memory = new LongAdder();
    private final LongAdder latency = new LongAdder();
    private final LongAdder droppable = new LongAdder();
    private final LongAdder unwanted = new LongAdder();
    private final LongAdder gate = new LongAdder();
    private final LongAdder failedCallbacks = new LongAdder();
    private final AtomicInteger subscribers = new AtomicInteger();

    void published(boolean keyframe) {
        published.increment();
        if (keyframe) {
            keyframes.increment();
        }
    }

    void skipped() {
        skipped.increment();
    }

    void discontinuity() {
        discontinuities.increment();
    }

    void joined() {
        subscriptions.increment();
        subscribers.incrementAndGet();
    }

    void left() {
        subscribers.decrementAndGet();
    }

    void lagged() {
        lagEvents.increment();
    }

    void dropped(DropReason reason, long messages) {
        switch (reason) {
            case OVERFLOW -> overflow.add(messages);
            case MEMORY -> memory.add(messages);
            case LATENCY -> latency.add(messages);
            case DROPPABLE -> droppable.add(messages);
            case UNWANTED -> unwanted.add(messages);
            case GATE -> gate.add(messages);
        }
    }

    void callbackFailed() {
        failedCallbacks.increment();
    }

    int subscribers() {
        return subscribers.get();
    }

    BroadcasterStatistics snapshot(KeyframeRequestStatistics requests) {
        return new BroadcasterStatistics(
                published.sum(),
                keyframes.sum(),
                skipped.sum(),
                discontinuities.sum(),
                subscribers.get(),
                subscriptions.sum(),
                lagEvents.sum(),
                overflow.sum(),
                memory.sum(),
                latency.sum(),
                droppable.sum(),
                unwanted.sum(),
                gate.sum(),
                failedCallbacks.sum(),
                requests);
    }
}
