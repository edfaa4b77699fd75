package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.http.IoTasks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.xnio.XnioIoThread;

/** What those are told who are still connected while the server stops. */
class StoppingTest {

    private static final String PLAIN = "GET /stream/ws HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @Test
    void aKeptAliveConnectionIsToldThatTheServerStops() throws Exception {
        try (TestServer server = new TestServer(settings -> settings.maxClients(1)
                        .shutdownTimeout(Duration.ofSeconds(20)).route("/state", query -> HttpReply.text(200, "x")));
                RawClient lingering = RawClient.upgraded(server.address);
                RawClient page = RawClient.connect(server.address);
                RawClient joining = RawClient.connect(server.address)) {
            for (RawClient each : new RawClient[] {page, joining}) {
                assertThat(each.send(PLAIN).readHead()).startsWith("HTTP/1.1 503 ").contains("Content-Length: 21\r\n");
                assertThat(each.readBody(21)).isEqualTo("All places are taken\n");
            }
            assertThat(server.server.stopping()).isFalse();

            CompletableFuture<Void> close = CompletableFuture.runAsync(server::close);
            assertThat(lingering.readUntilClose().closeCode()).isEqualTo(1001); // and is not answered for now

            assertThat(server.server.stopping()).isTrue();
            assertThat(joining.send(RawClient.handshake("/stream/ws")).readHead())
                    .startsWith("HTTP/1.1 503 ").contains("Retry-After: ", "Content-Length: 23\r\n");
            assertThat(joining.readBody(23)).isEqualTo("The server is stopping\n");
            assertThat(page.send(PLAIN).readHead()).startsWith("HTTP/1.1 503 ");
            assertThat(page.readBody(23)).as("to a plain GET").isEqualTo("The server is stopping\n");
            assertThat(server.statistics().refusedByReason()).as("handshakes alone")
                    .containsEntry(RefusalReason.STOPPING, 1L).containsEntry(RefusalReason.LIMIT, 0L);

            lingering.socket.close();
            close.join();
        }
    }

    /**
     * The only I/O thread finds two requests at once and is told to end while it answers one of them: the other one comes when
     * the thread takes no more timers.
     */
    @Test
    void aRequestToAThreadThatEndsIsNoFailureButTheEndOfItsConnection() throws Exception {
        Semaphore goOn = new Semaphore(0);
        AtomicInteger answering = new AtomicInteger();
        AtomicReference<XnioIoThread> thread = new AtomicReference<>();
        try (TestServer server = new TestServer(settings -> settings.ioThreads(1)
                        .route("/now", query -> HttpReply.text(200, "x"))
                        .route("/wait", query -> {
                            thread.set((XnioIoThread) Thread.currentThread());
                            answering.incrementAndGet();
                            goOn.acquireUninterruptibly();
                            return HttpReply.text(200, "x");
                        }));
                RawClient before = RawClient.connect(server.address);
                RawClient one = RawClient.connect(server.address);
                RawClient other = RawClient.connect(server.address)) {
            for (RawClient each : List.of(one, other)) {
                each.send(request("/now")).readHead();
                each.readBody(1);
            }
            before.send(request("/wait"));
            Await.until("the thread answers", () -> answering.get() == 1);
            one.send(request("/wait"));
            other.send(request("/wait"));
            goOn.release();
            Await.until("the thread answers one of the two", () -> answering.get() == 2);

            CompletableFuture<Void> close = CompletableFuture.runAsync(server::close);
            Await.until("the thread is told to end", () -> !IoTasks.execute(thread.get(), () -> { }));
            goOn.release(2);

            assertThat(List.of(allOf(one), allOf(other))).as("answers").filteredOn(String::isEmpty).hasSize(1);
            close.join();
            assertThat(answering).hasValue(2);
            assertThat(server.statistics().httpConnections()).isZero();
        }
    }

    private static String request(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    private static String allOf(RawClient client) throws IOException {
        return new String(client.socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}
