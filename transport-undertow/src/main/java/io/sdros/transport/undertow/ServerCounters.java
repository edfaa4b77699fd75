package io.sdros.transport.undertow;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counters of rare events, added to and read by any thread. */
final class ServerCounters {

    private final LongAdder clients = new LongAdder();
    private final LongAdder inboundMessages = new LongAdder();
    private final AtomicLongArray closed = new AtomicLongArray(ClosedReason.values().length);
    private final AtomicLongArray refused = new AtomicLongArray(RefusalReason.values().length);

    void clientJoined() {
        clients.increment();
    }

    void inboundMessage() {
        inboundMessages.increment();
    }

    void clientClosed(ClosedReason reason) {
        closed.incrementAndGet(reason.ordinal());
    }

    void refused(RefusalReason reason) {
        refused.incrementAndGet(reason.ordinal());
    }

    long clientsTotal() {
        return clients.sum();
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

    Map<RefusalReason, Long> refusedByReason() {
        Map<RefusalReason, Long> counts = new EnumMap<>(RefusalReason.class);
        for (RefusalReason reason : RefusalReason.values()) {
            counts.put(reason, refused.get(reason.ordinal()));
        }
        return counts;
    }
}
