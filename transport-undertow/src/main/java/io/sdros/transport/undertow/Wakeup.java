package io.sdros.transport.undertow;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * Asks a thread to look for work, with at most one task in its queue: a hundred wakes in a row cost one. Nothing that
 * is thrown on the way leaves a wake standing that nobody serves.
 */
final class Wakeup {

    private final AtomicBoolean woken = new AtomicBoolean();
    private final Predicate<Runnable> executor;
    private final Runnable work;
    private final Runnable task = this::run;

    /**
     * @param executor hands a task to the thread; false if it takes none any more
     * @param work looks at everything there is; run on that thread
     */
    Wakeup(Predicate<Runnable> executor, Runnable work) {
        this.executor = executor;
        this.work = work;
    }

    /** Any thread: the work is done soon, after what the caller has offered. */
    void wake() {
        // The caller's offer before the flag is read; pairs with the fence in run(). A wake that finds the flag set is
        // then served by the task that is already on its way. An offer alone is only a release store.
        VarHandle.fullFence();
        if (!woken.get() && woken.compareAndSet(false, true)) {
            boolean onItsWay = false;
            try {
                onItsWay = executor.test(task);
            } finally {
                if (!onItsWay) {
                    woken.set(false); // or every later wake would count on a task that never comes
                }
            }
        }
    }

    private void run() {
        woken.set(false);
        VarHandle.fullFence(); // the flag before the queues are looked at; pairs with the fence in wake()
        boolean done = false;
        try {
            work.run();
            done = true;
        } finally {
            if (!done) {
                wake(); // for those who were not looked at
            }
        }
    }
}
