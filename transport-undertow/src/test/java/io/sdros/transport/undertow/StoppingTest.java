package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

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
}
