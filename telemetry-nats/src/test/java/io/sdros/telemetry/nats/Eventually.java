package io.sdros.telemetry.nats;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for conditions, with a deadline. */
final class Eventually {
    private static final long POLL_NANOS = 2_000_000;

    private Eventually() {
    }

    /** Fails unless the condition holds in time, which a busy machine has plenty of. Returns how long it took. */
    static Duration await(String what, BooleanSupplier condition) {
        return within(Duration.ofSeconds(30), what, condition);
    }

    static Duration within(Duration limit, String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Fails if the condition stops to hold before the time is over. */
    static void throughout(Duration time, String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < time.toNanos()) {
            if (!condition.getAsBoolean()) {
                throw new AssertionError("no longer true: " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
