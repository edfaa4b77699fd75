package io.sdros.telemetry.nats.connection;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that all connections of one owner share, so that reconnecting does not start new ones. All daemons. */
public final class ConnectionThreads {
    private static final long IDLE_SECONDS = 10;

    private final ThreadFactory factory;
    private final ExecutorService workers;
    private final ExecutorService events;
    private final ScheduledThreadPoolExecutor timer;

    public ConnectionThreads(String name) {
        AtomicInteger number = new AtomicInteger();
        this.factory = task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        this.workers = new Workers(factory);
        this.events = Executors.newSingleThreadExecutor(factory);
        this.timer = new ScheduledThreadPoolExecutor(1, factory);
        this.timer.setRemoveOnCancelPolicy(true);
    }

    Thread newThread(Runnable task) {
        return factory.newThread(task);
    }

    public ExecutorService workers() {
        return workers;
    }

    /** One thread: what a connection has to say arrives in order. */
    ExecutorService events() {
        return events;
    }

    ScheduledThreadPoolExecutor timer() {
        return timer;
    }

    /** Returns when everything that connections had to say until now has been heard. */
    public void awaitEvents() throws InterruptedException {
        try {
            events.submit(() -> { }).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an empty task failed", e);
        }
    }

    /** Lets running tasks end by themselves. */
    void shutdown() {
        workers.shutdown();
        events.shutdown();
        timer.shutdownNow();
    }

    /**
     * jnats ends its delivery thread with an interrupt, which would hit a listener in the middle of its work and close any
     * channel it is writing to. It also sets a flag and queues a marker, and those are enough.
     */
    private static final class Workers extends ThreadPoolExecutor {
        Workers(ThreadFactory factory) {
            super(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
        }

        @Override
        protected <T> RunnableFuture<T> newTaskFor(Runnable runnable, T value) {
            return newTaskFor(Executors.callable(runnable, value));
        }

        @Override
        protected <T> RunnableFuture<T> newTaskFor(Callable<T> callable) {
            return new FutureTask<>(callable) {
                @Override
                public boolean cancel(boolean mayInterruptIfRunning) {
                    return super.cancel(false);
                }
            };
        }
    }
}
