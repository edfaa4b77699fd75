package io.sdros.transport.undertow;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** Handshakes turned down, by reason. Any thread. */
final class RefusalCounters {

    private final AtomicLongArray refused = new AtomicLongArray(RefusalReason.values().length);

    void refused(RefusalReason reason) {
        refused.incrementAndGet(reason.ordinal());
    }

    /** Every reason has an entry. */
    Map<RefusalReason, Long> byReason() {
        Map<RefusalReason, Long> counts = new EnumMap<>(RefusalReason.class);
        for (RefusalReason reason : RefusalReason.values()) {
            counts.put(reason, refused.get(reason.ordinal()));
        }
        return counts;
    }
}
