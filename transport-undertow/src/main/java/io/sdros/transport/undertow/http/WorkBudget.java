package io.sdros.transport.undertow.http;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioIoThread;

/**
 * How much an I/O thread does for new connections and requests before it serves its viewers. The thread looks at its
 * sockets only when it has run out of tasks, and a new connection is a task, as is a request that came together with the
 * one before it; without a bound, whoever sends enough of them would keep it from its viewers. On its I/O thread.
 */
public final class WorkBudget {

    private static final int MOST_STEPS = 64;
    /** While new connections wait, one step in so many is for a connection that has had an answer already. */
    private static final int OTHERS_SHARE = 4;
    private static final long STEPS_NANOS = 2_000_000;
    private static final long PAUSE_MILLIS = 1;
    private static final long IDLE_NANOS = 10_000_000;

    private final XnioIoThread thread;
    private final int steps;
    private final Queue<Runnable> newcomers = new ArrayDeque<>();
    private final Queue<Runnable> others = new ArrayDeque<>();
    private int taken;
    private long begunNanos;
    private boolean paused;

    /** @param closing sockets that the thread may close in a row; a step that admits a connection may end another */
    public WorkBudget(XnioIoThread thread, int closing) {
        this.thread = thread;
        steps = Math.min(MOST_STEPS, Math.max(1, closing));
    }

    /** Whether the next step may be taken at once; else it is one for {@link #defer}. */
    boolean tryTake() {
        if (paused) {
            return false;
        }
        long nowNanos = System.nanoTime();
        if (nowNanos - begunNanos >= IDLE_NANOS) {
            begunNanos = nowNanos;
            taken = 0;
        }
        return taken++ < steps;
    }

    /**
     * Takes the step later, in its order, once the viewers have been served; false if the thread is ending, which closes the
     * connections of those that wait.
     *
     * @param newcomer a new connection, or the first request of one: these go before the further requests of others
     */
    boolean defer(Runnable step, boolean newcomer) {
        if (!pause()) {
            return false;
        }
        (newcomer ? newcomers : others).add(step);
        return true;
    }

    private boolean pause() {
        if (!paused) {
            // After what may throw, or nobody would ever go on.
            paused = IoTasks.executeAfter(thread, this::goOn, PAUSE_MILLIS, TimeUnit.MILLISECONDS).isPresent();
        }
        return paused;
    }

    private void goOn() {
        paused = false;
        begunNanos = System.nanoTime();
        taken = 0;
        try {
            run(newcomers, others.isEmpty() ? steps : steps - steps / OTHERS_SHARE);
            if (!others.isEmpty()) {
                others.remove().run(); // whatever the time: a few slow newcomers do not keep everybody else waiting
            }
            run(others, steps);
        } finally {
            // Also when a step has thrown: those behind it are not to wait for the next one that comes.
            if (!newcomers.isEmpty() || !others.isEmpty()) {
                pause();
            }
        }
    }

    private void run(Queue<Runnable> waiting, int most) {
        while (!waiting.isEmpty() && taken < most && System.nanoTime() - begunNanos < STEPS_NANOS) {
            taken++;
            waiting.remove().run();
        }
    }
}
