package io.sdros.relay.nats;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for conditions, with a deadline. */
public final class Eventually {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long POLL_NANOS = 2_000_000;

    private Eventually() {
    }

    /** Fails unless the condition holds in time, which a busy machine has plenty of. */
    public static void await(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > LIMIT.toNanos()) {
                throw new AssertionError("not within " + LIMIT + ": " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
