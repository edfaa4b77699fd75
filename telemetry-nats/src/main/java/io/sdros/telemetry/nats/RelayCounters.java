package io.sdros.telemetry.nats;

import io.sdros.telemetry.nats.NatsDenial.Operation;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The relay's counters, written by any of its threads. */
final class RelayCounters {
    final LongAdder connects = new LongAdder();
    final LongAdder received = new LongAdder();
    final LongAdder listenerFailures = new LongAdder();
    final LongAdder published = new LongAdder();
    final LongAdder publishFailures = new LongAdder();
    final LongAdder slowConsumerCuts = new LongAdder();
    private final Map<DropReason, LongAdder> dropped = new EnumMap<>(DropReason.class);

    RelayCounters() {
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason, new LongAdder());
        }
    }

    LongAdder dropped(DropReason reason) {
        return dropped.get(reason);
    }

    /** All of them now; messages that the present connection dropped are not counted here until it ends. */
    NatsStatistics snapshot(boolean connected, long droppedByConnection, Map<Operation, Long> refusals) {
        Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        dropped.forEach((reason, count) -> drops.put(reason, count.sum()));
        drops.merge(DropReason.SLOW_CONSUMER, droppedByConnection, Long::sum);
        return new NatsStatistics(connected, connects.sum(), received.sum(), drops, listenerFailures.sum(),
                published.sum(), publishFailures.sum(), refusals, slowConsumerCuts.sum());
    }
}
