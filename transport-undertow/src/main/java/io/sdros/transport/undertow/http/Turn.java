package io.sdros.transport.undertow.http;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioIoThread;

/**
 * An I/O thread's share for strangers: so many new connections and requests in a row, then its viewers' turn. The thread
 * looks at its sockets only when it has run out of tasks, and a request that has come with the one before it is a task,
 * as a new connection is; without a share, whoever sends enough of them would keep it from its viewers. On its I/O thread.
 */
public final class Turn {

    private static final int MOST_STEPS = 64;
    /** One in so many is for whoever has had an answer already while newcomers wait. */
    private static final int OTHERS_SHARE = 4;
    private static final long STEPS_NANOS = 2_000_000;
    private static final long PAUSE_MILLIS = 1;
    private static final long FORGOTTEN_NANOS = 10_000_000;

    private final XnioIoThread thread;
    private final int steps;
    private final Queue<Runnable> newcomers = new ArrayDeque<>();
    private final Queue<Runnable> others = new ArrayDeque<>();
    private int taken;
    private long begunNanos;
    private boolean paused;

    /** @param closing sockets that the thread may close in a row; a step, which lets somebody in, may end one */
    public Turn(XnioIoThread thread, int closing) {
        this.thread = thread;
        steps = Math.min(MOST_STEPS, Math.max(1, closing));
    }

    /** Whether the next step may be taken at once; else it is one for {@link #later}. */
    boolean now() {
        if (paused) {
            return false;
        }
        long nowNanos = System.nanoTime();
        if (nowNanos - begunNanos >= FORGOTTEN_NANOS) {
            begunNanos = nowNanos;
            taken = 0;
        }
        return taken++ < steps;
    }

    /**
     * Takes the step in its order, once the viewers have had their turn.
     *
     * @param newcomer a new connection, or the first request of one: these go before the further requests of others
     */
    void later(Runnable step, boolean newcomer) {
        (newcomer ? newcomers : others).add(step);
        pause();
    }

    private void pause() {
        if (!paused) {
            thread.executeAfter(this::goOn, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            paused = true; // after what may throw, or nobody would ever go on
        }
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
