package io.sdros.transport.undertow.http;

import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioExecutor;

/**
 * Gives tasks to I/O threads, and says whether they were taken. From the moment the server tells a thread to end it takes none,
 * forgets those that wait for their time, and closes all its sockets; what it has read by then it still hands to their
 * listeners. So whoever is refused ends the connection that waits for the task, and nothing has failed. Any thread.
 */
public final class IoTasks {

    private IoTasks() {
    }

    /** Returns false if the thread is ending. */
    public static boolean execute(XnioExecutor thread, Runnable task) {
        try {
            thread.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Runs what gives tasks to an I/O thread, or to the workers that end with it; returns false if they did not take one. */
    public static boolean taken(Runnable giving) {
        try {
            giving.run();
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Returns what takes the task back; empty if the thread is ending. */
    public static Optional<XnioExecutor.Key> executeAfter(XnioExecutor thread, Runnable task, long time, TimeUnit unit) {
        try {
            return Optional.of(thread.executeAfter(task, time, unit));
        } catch (RejectedExecutionException e) {
            return Optional.empty();
        }
    }
}
