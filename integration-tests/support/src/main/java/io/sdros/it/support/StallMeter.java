package io.sdros.it.support;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how long this machine keeps a thread waiting that wants to run: independent evidence of whether something
 * could have happened in time. A test that has a bar about time states by it what the machine did meanwhile. Moments are
 * of {@link System#nanoTime}; all methods are for any thread.
 */
public final class StallMeter implements AutoCloseable {

    private static final long NAP_NANOS = Duration.ofMillis(2).toNanos();
    /** What is shorter is the scheduler's daily work. */
    private static final long SHORTEST_KEPT_NANOS = Duration.ofMillis(5).toNanos();

    private record Stall(long fromNanos, long toNanos) {
    }

    // Guarded by this.
    private final List<Stall> stalls = new ArrayList<>();
    private long longestNanos;

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Thread thread = new Thread(this::measure, "stall-meter");

    private StallMeter() {
        thread.setDaemon(true);
    }

    public static StallMeter start() {
        StallMeter meter = new StallMeter();
        meter.thread.start();
        return meter;
    }

    private void measure() {
        long before = System.nanoTime();
        while (!stopped.get()) {
            LockSupport.parkNanos(NAP_NANOS);
            long now = System.nanoTime();
            note(before + NAP_NANOS, now);
            before = now;
        }
    }

    private synchronized void note(long dueNanos, long nowNanos) {
        long lateNanos = nowNanos - dueNanos;
        longestNanos = Math.max(longestNanos, lateNanos);
        if (lateNanos >= SHORTEST_KEPT_NANOS) {
            stalls.add(new Stall(dueNanos, nowNanos));
        }
    }

    /** The longest time a thread was late by so far. */
    public synchronized Duration longest() {
        return Duration.ofNanos(longestNanos);
    }

    /** For how much of the time since then a thread that wanted to run was kept waiting, in pieces of 5 ms or more. */
    public Duration since(long fromNanos) {
        return between(fromNanos, System.nanoTime());
    }

    /** As {@link #since}, up to another moment. */
    public synchronized Duration between(long fromNanos, long toNanos) {
        return Duration.ofNanos(stalls.stream()
                .mapToLong(stall -> Math.min(stall.toNanos - fromNanos, toNanos - fromNanos)
                        - Math.max(stall.fromNanos - fromNanos, 0))
                .filter(nanos -> nanos > 0).sum());
    }

    @Override
    public void close() {
        stopped.set(true);
    }
}
