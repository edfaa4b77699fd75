package io.sdros.transport.undertow.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.Await;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/** What a real I/O thread takes, before it is told to end and after. */
class IoTasksTest {

    private final HttpListener listener = new HttpListener(1);
    private final XnioIoThread thread = listener.ioThreads()[0];
    private final Queue<String> run = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() throws InterruptedException {
        listener.stop();
    }

    private <T> T onThread(Supplier<T> question) {
        return CompletableFuture.supplyAsync(question, thread).orTimeout(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private boolean after(String task, long millis) {
        return IoTasks.executeAfter(thread, () -> run.add(task), millis, TimeUnit.MILLISECONDS).isPresent();
    }

    @Test
    void aThreadThatGoesOnTakesThemAndGivesThemBack() {
        assertThat(IoTasks.execute(thread, () -> run.add("at once"))).isTrue();
        Await.until("it is run", () -> run.size() == 1);
        assertThat(onThread(() -> {
            boolean back = IoTasks.executeAfter(thread, () -> run.add("taken back"), 1, TimeUnit.MILLISECONDS)
                    .map(XnioExecutor.Key::remove).orElseThrow();
            return List.of(back, after("later", 2));
        })).containsExactly(true, true);
        Await.until("two are run", () -> run.size() == 2);
        assertThat(run).containsExactly("at once", "later");
    }

    @Test
    void aThreadThatEndsTakesNone() {
        assertThat(onThread(() -> {
            listener.stopNow();
            return List.of(IoTasks.execute(thread, () -> run.add("at once")), after("now", 0), after("later", 1));
        })).containsExactly(false, false, false);
        Await.until("it has ended", () -> !thread.isAlive());
        assertThat(run).isEmpty();
    }
}
