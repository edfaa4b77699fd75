package io.sdros.transport.undertow;

import io.sdros.transport.undertow.http.IoTasks;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioExecutor;

/**
 * When an I/O thread looks after its viewers' timers: at every tick while one of them needs that, at every fifth while none
 * does, since what is left then are pings and ends after seconds, and not at all while there are none. Being woken takes a thread
 * that has nothing else to do 0.1 to 0.25 ms of a core. For the I/O thread but for {@link #needed}.
 */
final class ViewerTimers {

    static final int CALM_TICKS = 5;

    /** Whom they are for. */
    interface Viewers {

        /** Looks after all timers. */
        void tick();

        /** Whether there are any. */
        boolean present();

        /** Whether one of them may have something to do at the very next tick. */
        boolean needTimers();
    }

    private final XnioExecutor thread;
    private final long tickMillis;
    private final Viewers viewers;
    /** Only while there are viewers. */
    private Optional<XnioExecutor.Key> next = Optional.empty();
    private volatile boolean calm;

    ViewerTimers(XnioExecutor thread, long tickMillis, Viewers viewers) {
        this.thread = thread;
        this.tickMillis = tickMillis;
        this.viewers = viewers;
    }

    /** There is a viewer. */
    void begin() {
        if (next.isEmpty()) {
            after(1);
        }
    }

    /** Any thread: from now on one of the viewers needs them. */
    void needed() {
        if (calm) {
            IoTasks.execute(thread, this::noLongerCalm); // a thread that is ending ends its viewers, too
        }
    }

    private void noLongerCalm() {
        if (calm && next.isPresent()) {
            end();
            after(1);
        }
    }

    void end() {
        next.ifPresent(XnioExecutor.Key::remove);
        next = Optional.empty();
        calm = false;
    }

    private void tick() {
        // Before the viewers are looked at: one that needs timers from now on is either seen to, or sees this.
        calm = true;
        boolean stayCalm = false;
        try {
            viewers.tick();
            stayCalm = !viewers.needTimers();
        } finally {
            if (viewers.present()) {
                calm = stayCalm;
                after(stayCalm ? CALM_TICKS : 1);
            } else {
                end();
            }
        }
    }

    private void after(int ticks) {
        next = IoTasks.executeAfter(thread, this::tick, ticks * tickMillis, TimeUnit.MILLISECONDS);
    }
}
