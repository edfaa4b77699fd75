package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.http.HttpListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.xnio.XnioIoThread;

class EventLoopTest {

    @Test
    void aThreadThatEndsSaysSoInsteadOfFailing() throws InterruptedException {
        HttpListener listener = new HttpListener(1);
        XnioIoThread thread = listener.ioThreads()[0];
        EventLoop loop = new EventLoop(thread, System::nanoTime, Duration.ofMillis(200));
        CompletableFuture<List<Boolean>> taken = CompletableFuture.supplyAsync(() -> {
            boolean before = loop.executeAfterNanos(() -> { }, 1_000_000);
            listener.stopNow();
            loop.viewerAdded();
            loop.stopTimers();
            return List.of(before, loop.executeAfterNanos(() -> { }, 1_000_000), loop.execute(() -> { }));
        }, thread);

        assertThat(taken.orTimeout(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS).join()).containsExactly(true, false, false);
        listener.stop();
    }
}
