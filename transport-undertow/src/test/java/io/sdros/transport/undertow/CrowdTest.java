package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** More connections than there may be, on real sockets. */
class CrowdTest {

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.add(0, resource);
        return resource;
    }

    private TestServer server(int httpConnections, int perAddress) {
        return closing(new TestServer(settings -> settings.maxHttpConnections(httpConnections, perAddress)
                .route("/health", query -> HttpReply.text(200, "ok"))));
    }

    private Socket connect(TestServer server, String from, String beginning) throws IOException {
        Socket socket = closing(new Socket());
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.setSoTimeout(20_000);
        socket.connect(server.address);
        try {
            socket.getOutputStream().write(Bytes.utf8(beginning));
        } catch (SocketException e) {
            // It has been closed for a new one already: those that came before may have been taken up after it, by the
            // other I/O thread. The next read fails, too.
            return socket;
        }
        return socket;
    }

    private static boolean healthy(Socket socket) throws IOException {
        return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII)
                .equals("HTTP/1.1 200");
    }

    private static boolean cut(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void newcomersAreServedHoweverManyHaveBegunARequest() throws Exception {
        TestServer server = server(20, 8);
        RawClient viewer = closing(RawClient.upgraded(server.address));
        server.awaitClients(1);
        List<Socket> halves = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            halves.add(connect(server, "127.0.0.1", "GET /health HTTP/1.1\r\nHost: "));
        }
        String request = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
        assertThat(healthy(connect(server, "127.0.0.1", request))).as("from their own address").isTrue();
        assertThat(healthy(connect(server, "127.0.0.2", request))).as("from elsewhere").isTrue();
        // Not the last of them: which of two I/O threads is the first, nobody knows.
        for (Socket half : halves.subList(0, 80)) {
            assertThat(cut(half)).isTrue();
        }
        // The last of them are let in once the viewers have been served.
        Await.until("all but ten have given way", () -> server.statistics().httpConnectionsCut().get(StrangerCut.ADDRESS_LIMIT) >= 92);
        assertThat(server.statistics().httpConnections()).isBetween(2, 10);
        assertThat(server.statistics().httpConnectionsCut().get(StrangerCut.LIMIT)).isZero();
        server.publish(new byte[10], true);
        assertThat(viewer.readFrame().payload()).as("a viewer does not count").hasSize(11);
    }

    @Test
    void aViewerCountsAsSuchFromItsUpgradeToItsEnd() throws Exception {
        TestServer server = server(4, 4);
        for (int i = 0; i < 10; i++) {
            closing(RawClient.upgraded(server.address));
        }
        server.awaitClients(10);
        assertThat(server.statistics().httpConnections()).isZero();
        Socket kept = connect(server, "127.0.0.1", "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(healthy(kept)).isTrue();
        assertThat(server.statistics().httpConnections()).isEqualTo(1);
        kept.close();
        Await.until("nobody is left", () -> server.statistics().httpConnections() == 0);
        assertThat(server.statistics().httpConnectionsCut()).containsEntry(StrangerCut.LIMIT, 0L)
                .containsEntry(StrangerCut.ADDRESS_LIMIT, 0L);
    }

    @Test
    void everyRequestOfAPipelineIsAnsweredInOrder() throws Exception {
        TestServer server = server(20, 20);
        int requests = 500; // more than the budget allows in a row
        try (RawClient client = RawClient.connect(server.address)) {
            client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(requests));
            for (int i = 0; i < requests; i++) {
                assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
                assertThat(client.readBody(2)).isEqualTo("ok");
            }
        }
    }
}
