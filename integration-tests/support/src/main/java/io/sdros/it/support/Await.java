package io.sdros.it.support;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Polls with a deadline. The only place in these tests where a thread waits for the world to change. */
public final class Await {

    private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();

    private Await() {
    }

    /** Returns once the condition holds; fails with {@code what} when it does not within the deadline. */
    public static void until(String what, Duration deadline, BooleanSupplier condition) {
        value(what, deadline, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /**
     * Returns once {@code source} gives what is expected: for what is told some times a second, or by another thread or
     * process, and so a moment after what it speaks of. Fails with what it gave last when that does not come soon.
     */
    public static void told(String what, Object expected, Supplier<?> source) {
        AtomicReference<Object> last = new AtomicReference<>();
        value(() -> what + " is " + expected + "; at last it was " + last, Deadlines.SOON, () -> {
            last.set(source.get());
            return Objects.equals(expected, last.get()) ? Optional.of(true) : Optional.empty();
        });
    }

    /** Returns the first value the supplier has; fails with {@code what} when it has none within the deadline. */
    public static <T> T value(String what, Duration deadline, Supplier<Optional<T>> supplier) {
        return value(() -> what, deadline, supplier);
    }

    /** As above, with words that are asked for when the time is over. */
    public static <T> T value(Supplier<String> what, Duration deadline, Supplier<Optional<T>> supplier) {
        long started = System.nanoTime();
        while (true) {
            Optional<T> value = supplier.get();
            if (value.isPresent()) {
                return value.get();
            }
            if (System.nanoTime() - started > deadline.toNanos()) {
                throw new AssertionError("not within " + deadline.toMillis() + " ms: " + what.get());
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("interrupted while waiting: " + what.get());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Lets time pass: for pacing what a test feeds in, never for waiting until something has happened. */
    public static void pause(long nanos) {
        long untilNanos = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = untilNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** True if the condition held at every look during the whole time: for showing that something does not happen. */
    public static boolean holdsFor(Duration time, BooleanSupplier condition) {
        long started = System.nanoTime();
        while (System.nanoTime() - started < time.toNanos()) {
            if (!condition.getAsBoolean()) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return condition.getAsBoolean();
    }
}
