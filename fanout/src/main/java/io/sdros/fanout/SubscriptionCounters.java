package io.sdros.fanout;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What one subscription lost, added to the broadcaster's totals as it happens.
 *
 * <p>Threading: {@link #evicted} and {@link #forgotten} on the producer thread, {@link #dropped} and {@link #lagged} on
 * the polling thread; each number has one writer at a time, so a plain addition and a lazy store are enough. Reading:
 * any thread.
 */
final class SubscriptionCounters {

    private final BroadcasterCounters totals;
    private final AtomicLong evicted = new AtomicLong();
    private final AtomicLong forgotten = new AtomicLong();
    private final AtomicLong passedOver = new AtomicLong();
    private final AtomicLong passedOverForgotten = new AtomicLong();
    private final AtomicLong overdue = new AtomicLong();
    private final AtomicLong droppable = new AtomicLong();
    private final AtomicLong unwanted = new AtomicLong();
    private final AtomicLong gated = new AtomicLong();
    private final AtomicLong lagEvents = new AtomicLong();

    SubscriptionCounters(BroadcasterCounters totals) {
        this.totals = totals;
    }

    void evicted() {
        increment(evicted);
        totals.dropped(DropReason.OVERFLOW, 1);
    }

    /** For {@link DropReason#MEMORY}. */
    void forgotten(int messages) {
        forgotten.lazySet(forgotten.getPlain() + messages);
        totals.dropped(DropReason.MEMORY, messages);
    }

    void dropped(DropReason reason) {
        increment(switch (reason) {
            case OVERFLOW -> passedOver;
            case MEMORY -> passedOverForgotten;
            case LATENCY -> overdue;
            case DROPPABLE -> droppable;
            case UNWANTED -> unwanted;
            case GATE -> gated;
        });
        totals.dropped(reason, 1);
    }

    void lagged() {
        increment(lagEvents);
        totals.lagged();
    }

    private static void increment(AtomicLong counter) {
        counter.lazySet(counter.getPlain() + 1);
    }

    long count(DropReason reason) {
        return switch (reason) {
            case OVERFLOW -> evicted.get() + passedOver.get();
            case MEMORY -> forgotten.get() + passedOverForgotten.get();
            case LATENCY -> overdue.get();
            case DROPPABLE -> droppable.get();
            case UNWANTED -> unwanted.get();
            case GATE -> gated.get();
        };
    }

    long lagEvents() {
        return lagEvents.get();
    }
}
