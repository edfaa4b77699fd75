package io.sdros.telemetry.nats.connection;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How many lines of a kind may be logged: some at once, then one per interval. Any thread. */
public final class LineBudget {
    private final int burst;
    private final long intervalNanos;
    private final LongSupplier nanoClock;
    private int left;
    private long refilledNanos;

    public LineBudget(int burst, Duration interval, LongSupplier nanoClock) {
        this.burst = burst;
        this.intervalNanos = interval.toNanos();
        this.nanoClock = nanoClock;
        this.left = burst;
        this.refilledNanos = nanoClock.getAsLong();
    }

    /** Whether one more may be logged now. */
    public synchronized boolean take() {
        long intervals = (nanoClock.getAsLong() - refilledNanos) / intervalNanos;
        refilledNanos += intervals * intervalNanos;
        left = (int) Math.min(burst, left + intervals);
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }
}
