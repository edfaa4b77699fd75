package io.sdros.transport.undertow.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

class FirstRecordTest {

    private final HttpListener listener = new HttpListener(1);
    private final XnioIoThread thread = listener.ioThreads()[0];

    @Test
    void aThreadThatEndsWaitsForNoneAndClosesTheConnection() throws InterruptedException {
        AtomicInteger closed = new AtomicInteger();
        CompletableFuture<Boolean> open = CompletableFuture.supplyAsync(() -> {
            StreamConnection connection = connection();
            connection.setCloseListener(end -> closed.incrementAndGet());
            listener.stopNow();
            FirstRecord.await(connection, Duration.ofSeconds(10), record -> { });
            return connection.isOpen();
        }, thread);

        assertThat(open.orTimeout(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS).join()).isFalse();
        listener.stop();
        assertThat(closed).hasValue(1);
    }

    private StreamConnection connection() {
        try {
            return thread.createFullDuplexPipeConnection().getLeftSide();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
