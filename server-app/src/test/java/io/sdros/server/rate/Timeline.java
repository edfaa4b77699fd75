package io.sdros.server.rate;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Simulated time: what is due later, in order; what is due at the same moment in the order it was asked for. */
final class Timeline {

    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::number));
    private long nowNanos;
    private long count;

    private record Event(long atNanos, long number, Runnable action) {
    }

    long now() {
        return nowNanos;
    }

    void at(long atNanos, Runnable action) {
        events.add(new Event(Math.max(atNanos, nowNanos), count++, action));
    }

    void in(long delayNanos, Runnable action) {
        at(nowNanos + delayNanos, action);
    }

    void every(long intervalNanos, Runnable action) {
        in(intervalNanos, () -> {
            action.run();
            every(intervalNanos, action);
        });
    }

    void runUntil(long endNanos) {
        while (!events.isEmpty() && events.peek().atNanos() < endNanos) {
            Event event = events.poll();
            nowNanos = event.atNanos();
            event.action().run();
        }
        nowNanos = endNanos;
    }
}
