package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.LatestValueBroadcaster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LifecycleTest {

    private static Set<Thread> liveThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("http ")).collect(Collectors.toSet());
    }

    @Test
    void closingLeavesNoThreadAndNoSocketBehind() throws Exception {
        Set<Thread> before = liveThreads();
        TestServer server = new TestServer(settings -> settings
                .route("/blocking", HttpRoute.blocking(query -> HttpReply.text(200, "x")))
                .shutdownTimeout(Duration.ofMillis(200)));
        RawClient plain = RawClient.connect(server.address);
        plain.send("GET /blocking HTTP/1.1\r\nHost: localhost\r\n\r\n").readHead();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(RawClient.upgraded(server.address)); // which will never answer the close frame
        }
        server.awaitClients(5);
        assertThat(liveThreads()).hasSizeGreaterThan(before.size());

        server.close();

        Set<Thread> left = liveThreads();
        left.removeAll(before);
        Await.until("no thread left of " + left, () -> left.stream().noneMatch(Thread::isAlive));
        assertThat(server.statistics().closedByReason()).containsEntry(ClosedReason.SHUTDOWN, 5L);
        assertThat(server.statistics().clients()).isZero();
        assertThat(server.video.hasSubscribers()).isFalse();
        assertThat(server.telemetry.statistics().subscribers()).isZero();
        for (RawClient client : clients) {
            assertThat(client.readUntilClose().closeCode()).isEqualTo(1001);
            client.close();
        }
        assertThatThrownBy(() -> RawClient.connect(server.address)).isInstanceOf(IOException.class);
        plain.close();
    }

    @Test
    void closingTwiceAndBeforeTheStart() {
        TestServer server = new TestServer();
        server.close();
        server.close();
        assertThatThrownBy(server.server::start).isInstanceOf(IllegalStateException.class);
        server.publish(new byte[5], true);
    }

    @Test
    void startingTwice() {
        try (TestServer server = new TestServer()) {
            assertThatThrownBy(server.server::start).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        Set<Thread> before = liveThreads();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> new TestServer(settings -> settings
                    .listenAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort()))))
                    .isInstanceOf(ListenFailedException.class)
                    .hasMessageStartingWith("Cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": ");
        }
        Await.until("no thread left", () -> before.containsAll(liveThreads()));
    }

    @Test
    void anUnresolvedAddressIsNamed() {
        assertThatThrownBy(() -> new TestServer(settings -> settings
                .listenAddress(InetSocketAddress.createUnresolved("no-such-host.invalid", 1))))
                .isInstanceOf(ListenFailedException.class).hasMessageContaining("no-such-host.invalid:1");
    }

    @Test
    void ipv6() throws Exception {
        assumeTrue(hasIpv6(), "this machine has no IPv6");
        try (TestServer server = new TestServer(settings -> settings.listenAddress(new InetSocketAddress("::1", 0)));
                RawClient client = RawClient.upgraded(server.address)) {
            assertThat(server.address.getPort()).isPositive();
            server.awaitClients(1);
            server.publish(new byte[5], true);
            assertThat(client.readFrame().payload()).hasSize(6);
        }
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("::1", 0));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void wrongSettings() {
        StreamServerBuilder builder = StreamServer.builder();
        assertThatThrownBy(() -> builder.ioThreads(0)).hasMessage("I/O threads: at least 1, not 0");
        assertThatThrownBy(() -> builder.maxClients(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.socketSendBufferBytes(1 << 30)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.stallTimeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.route("x", query -> HttpReply.text(200, "")))
                .isInstanceOf(IllegalArgumentException.class);
        VideoFeed feed = VideoFeed.of(Broadcaster.<VideoMessage>builder().build(),
                LatestValueBroadcaster.<String, TelemetryMessage>builder().build());
        assertThatThrownBy(() -> builder.feed("x", feed)).isInstanceOf(IllegalArgumentException.class);
    }
}
