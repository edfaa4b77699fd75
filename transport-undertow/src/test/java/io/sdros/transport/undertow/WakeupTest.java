package io.sdros.transport.undertow;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.Queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WakeupTest {

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private int worked;

    @Test
    void manyWakesAreOneTask() {
        Wakeup wakeup = new Wakeup(tasks::add, () -> worked++);
        wakeup.wake();
        wakeup.wake();
        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        assertThat(worked).isEqualTo(1);
        wakeup.wake();
        assertThat(tasks).hasSize(1);
    }

    @Test
    void aTaskThatCouldNotBeHandedOverIsNotCountedOn() {
        Wakeup wakeup = new Wakeup(task -> {
            if (worked++ == 0) {
                throw new InternalError("injected");
            }
            return tasks.add(task);
        }, () -> { });
        assertThatThrownBy(wakeup::wake).isInstanceOf(InternalError.class);
        wakeup.wake();
        assertThat(tasks).hasSize(1);
    }

    @Test
    void aThreadThatTookNoTaskIsAskedAgain() {
        Wakeup wakeup = new Wakeup(task -> worked++ > 0 && tasks.add(task), () -> { });
        wakeup.wake();
        wakeup.wake();
        assertThat(tasks).hasSize(1);
    }

    @Test
    void workThatThrewIsDoneAgain() {
        Wakeup wakeup = new Wakeup(tasks::add, () -> {
            if (worked++ == 0) {
                throw new InternalError("injected");
            }
        });
        wakeup.wake();
        assertThatThrownBy(tasks.remove()::run).isInstanceOf(InternalError.class);
        assertThat(tasks).as("the clients behind the one it was thrown for").hasSize(1);
        tasks.remove().run();
        assertThat(tasks).isEmpty();
    }
}
