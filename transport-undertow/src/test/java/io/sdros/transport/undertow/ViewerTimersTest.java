package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.xnio.XnioExecutor;

/** When timers run, on a thread whose time is in the test's hands. */
class ViewerTimersTest {

    private static final long TICK_MILLIS = 200;
    private static final long CALM_MILLIS = ViewerTimers.CALM_TICKS * TICK_MILLIS;

    private final StillThread thread = new StillThread();
    private final Crowd crowd = new Crowd();
    private final ViewerTimers timers = new ViewerTimers(thread, TICK_MILLIS, crowd);

    /** Keeps what it is to run. */
    private static final class StillThread implements XnioExecutor {

        private record Planned(Runnable task, long millis) {
        }

        private final List<Planned> planned = new ArrayList<>();
        private boolean stopped;

        @Override
        public void execute(Runnable task) {
            executeAfter(task, 0, TimeUnit.MILLISECONDS);
        }

        @Override
        public Key executeAfter(Runnable task, long time, TimeUnit unit) {
            if (stopped) {
                throw new RejectedExecutionException("stopped");
            }
            Planned one = new Planned(task, unit.toMillis(time));
            planned.add(one);
            return () -> planned.remove(one);
        }

        @Override
        public Key executeAtInterval(Runnable task, long time, TimeUnit unit) {
            throw new AssertionError();
        }

        /** Runs what comes next, and only that; returns after how long it does. */
        long runNext() {
            Planned next = planned.stream().min((a, b) -> Long.compare(a.millis, b.millis)).orElseThrow();
            planned.remove(next);
            next.task.run();
            return next.millis;
        }

        List<Long> plannedMillis() {
            return planned.stream().map(Planned::millis).toList();
        }
    }

    private static final class Crowd implements ViewerTimers.Viewers {

        private boolean present = true;
        private boolean needy;
        private int ticks;
        private Runnable meanwhile = () -> { };

        @Override
        public void tick() {
            ticks++;
        }

        @Override
        public boolean present() {
            return present;
        }

        @Override
        public boolean needTimers() {
            boolean seen = needy;
            meanwhile.run();
            return seen;
        }
    }

    @Test
    void atEveryTickWhileNeededAndSeldomOtherwise() {
        timers.begin();
        timers.begin();
        crowd.needy = true;
        for (int i = 0; i < 3; i++) {
            assertThat(thread.runNext()).isEqualTo(TICK_MILLIS);
        }
        crowd.needy = false;
        assertThat(thread.runNext()).isEqualTo(TICK_MILLIS);
        assertThat(thread.runNext()).isEqualTo(CALM_MILLIS);
        crowd.needy = true;
        assertThat(thread.runNext()).isEqualTo(CALM_MILLIS);
        assertThat(thread.runNext()).isEqualTo(TICK_MILLIS);
        assertThat(crowd.ticks).isEqualTo(7);
    }

    @Test
    void whoNeedsThemInCalmWaitsForOneTick() {
        timers.begin();
        thread.runNext();
        assertThat(thread.plannedMillis()).containsExactly(CALM_MILLIS);
        timers.needed();
        assertThat(thread.runNext()).as("handed to the thread").isZero();
        assertThat(thread.plannedMillis()).containsExactly(TICK_MILLIS);
        timers.needed();
        assertThat(thread.plannedMillis()).as("nothing more to hand over").containsExactly(TICK_MILLIS);
    }

    /** By another thread: after this one has found that nobody needs them, and before it has decided. */
    @Test
    void whoNeedsThemDuringATickIsNotForgotten() {
        crowd.meanwhile = timers::needed;
        timers.begin();
        thread.runNext();
        crowd.meanwhile = () -> { };
        assertThat(thread.runNext()).isZero();
        assertThat(thread.plannedMillis()).containsExactly(TICK_MILLIS);
    }

    @Test
    void notAtAllWithoutViewers() {
        timers.begin();
        crowd.present = false;
        thread.runNext();
        assertThat(thread.plannedMillis()).isEmpty();
        timers.needed();
        assertThat(thread.plannedMillis()).isEmpty();
        timers.begin();
        assertThat(thread.plannedMillis()).containsExactly(TICK_MILLIS);
        timers.end();
        assertThat(thread.plannedMillis()).isEmpty();
    }

    @Test
    void goOnAfterAFailure() {
        crowd.meanwhile = () -> {
            throw new IllegalStateException("injected");
        };
        timers.begin();
        assertThatThrownBy(thread::runNext).isInstanceOf(IllegalStateException.class);
        assertThat(thread.plannedMillis()).containsExactly(TICK_MILLIS);
    }

    @Test
    void aThreadThatHasStoppedIsLetBe() {
        timers.begin();
        thread.runNext();
        thread.stopped = true;
        timers.needed();
        thread.runNext();
        assertThat(thread.plannedMillis()).isEmpty();
    }
}
