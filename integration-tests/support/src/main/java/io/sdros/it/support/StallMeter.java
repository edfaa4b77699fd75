package io.sdros.it.support;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how long this machine keeps a thread waiting that wants to run: independent evidence of whether frames that
 * stay in the region for a thirtieth of a second could be seen at all.
 */
public final class StallMeter implements AutoCloseable {

    private static final long NAP_NANOS = Duration.ofMillis(2).toNanos();

    private final AtomicLong longestNanos = new AtomicLong();
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
            long overslept = now - before - NAP_NANOS;
            longestNanos.accumulateAndGet(overslept, Math::max);
            before = now;
        }
    }

    /** The longest time a thread was late by so far. */
    public Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    @Override
    public void close() {
        stopped.set(true);
    }
}
