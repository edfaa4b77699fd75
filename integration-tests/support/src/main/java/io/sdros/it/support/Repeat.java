package io.sdros.it.support;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Does the same thing again and again on a thread of its own, until it is closed or the thing fails. */
public final class Repeat implements AutoCloseable {

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread repeat = new Thread(task, "repeat");
        repeat.setDaemon(true);
        return repeat;
    });

    private Repeat() {
    }

    public static Repeat every(Duration pause, Runnable action) {
        Repeat repeat = new Repeat();
        repeat.thread.scheduleWithFixedDelay(action, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
        return repeat;
    }

    /** Returns when the last turn is over. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(Deadlines.SOON.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("what is repeated does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
