package io.sdros.transport.undertow;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counters of a feed's rare events, added to and read by any thread. */
final class FeedCounters {

    private final LongAdder viewers = new LongAdder();
    private final LongAdder inboundMessages = new LongAdder();
    private final AtomicLongArray closed = new AtomicLongArray(ClosedReason.values().length);

    void viewerJoined() {
        viewers.increment();
    }

    void inboundMessage() {
        inboundMessages.increment();
    }

    void viewerClosed(ClosedReason reason) {
        closed.incrementAndGet(reason.ordinal());
    }

    long viewersTotal() {
        return viewers.sum();
    }

    long inboundMessages() {
        return inboundMessages.sum();
    }

    Map<ClosedReason, Long> closedByReason() {
        Map<ClosedReason, Long> counts = new EnumMap<>(ClosedReason.class);
        for (ClosedReason reason : ClosedReason.values()) {
            counts.put(reason, closed.get(reason.ordinal()));
        }
        return counts;
    }
}
