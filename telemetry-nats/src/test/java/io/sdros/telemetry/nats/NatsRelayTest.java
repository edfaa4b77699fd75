package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a relay with a NATS that comes and goes. */
@Tag("tools")
class NatsRelayTest {
    private static final byte[] PAYLOAD = "x".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final Recorder recorder = new Recorder();

    @Test
    void connectsWhenNatsAppears() {
        NatsServer server = NatsServer.stopped(folder);
        try (server; CapturedLog log = new CapturedLog(); NatsRelay relay = relay(server.url())) {
            // Returns, though nobody is there.
            relay.start();
            Eventually.await("it says why", () -> relay.status().state() == NatsState.DISCONNECTED);
            // In the words of whatever Java this is.
            assertThat(relay.state()).startsWith("disconnected: " + server.url() + ": ").hasSizeGreaterThan(server.url().length() + 20);
            assertThat(relay.publish("control.request_idr", PAYLOAD)).isFalse();
            // Several rounds of attempts, and not a word about them.
            Eventually.throughout(Duration.ofSeconds(1), "not connected", () -> !relay.connected());
            assertThat(log.lines("NATS ")).isEqualTo(2);

            server.start();
            Eventually.await("connected", relay::connected);
            assertThat(relay.state()).isEqualTo("connected: " + server.url());
            recorder.roundTrip(server.url(), 1);
            Eventually.await("a line about it", () -> log.lines("NATS ") == 3);
        }
        assertThat(recorder.states()).containsExactly(
                NatsState.CONNECTING, NatsState.DISCONNECTED, NatsState.CONNECTED, NatsState.CLOSED);
    }

    @Test
    void comesBackAfterEveryRestartWithoutRepeatsOrMoreThreads() {
        try (NatsServer server = NatsServer.running(folder); CapturedLog log = new CapturedLog();
                NatsRelay relay = relay(server.url())) {
            List<byte[]> controls = new CopyOnWriteArrayList<>();
            relay.listen("control.in", controls::add);
            relay.start();
            Eventually.await("connected", relay::connected);
            recorder.roundTrip(server.url(), 1);
            // A first attempt of a busy machine may take too long.
            long failedAttempts = log.lines("NATS disconnected");
            int threads = 0;
            for (int round = 1; round <= 5; round++) {
                server.kill();
                Eventually.await("loss noticed", () -> !relay.connected());
                assertThat(relay.publish("control.request_idr", PAYLOAD)).isFalse();
                server.start();
                Eventually.await("connected again", relay::connected);
                recorder.roundTrip(server.url(), round + 1);
                publish(server.url(), "control.in", PAYLOAD);
                int expected = round;
                Eventually.await("control message", () -> controls.size() == expected);
                threads = round == 2 ? relayThreads() : threads;
            }
            assertThat(relayThreads()).isLessThanOrEqualTo(threads + 2);
            Eventually.await("a line about each loss", () -> log.lines("NATS disconnected") - failedAttempts == 5);
            Eventually.await("a line about each connection", () -> log.lines("NATS connected") == 6);
            assertThat(relay.statistics().reconnects()).isEqualTo(5);
            assertThat(relay.statistics().received()).isEqualTo(6);
            assertThat(recorder.overlapped).isFalse();
        }
        Eventually.within(Duration.ofSeconds(15), "its threads end", () -> relayThreads() == 0);
    }

    @Test
    void publishesAndKeepsNothingForLater() {
        try (NatsServer server = NatsServer.running(folder, "max_payload: 1000\n"); NatsRelay relay = relay(server.url())) {
            assertThat(relay.publish("control.request_idr", PAYLOAD)).isFalse();
            relay.start();
            Eventually.await("connected", relay::connected);
            List<String> requests = new CopyOnWriteArrayList<>();
            try (TestClient encoder = new TestClient(server.url())) {
                encoder.subscribe("control.request_idr", (subject, payload) -> requests.add(text(payload)));
                assertThat(relay.publish("control.request_idr", bytes("first"))).isTrue();
                Eventually.await("the request", () -> requests.equals(List.of("first")));
            }
            server.kill();
            Eventually.await("loss noticed", () -> !relay.connected());
            assertThat(relay.publish("control.request_idr", bytes("stale"))).isFalse();
            server.start("max_payload: 1000\n");
            try (TestClient encoder = new TestClient(server.url())) {
                encoder.subscribe("control.request_idr", (subject, payload) -> requests.add(text(payload)));
                Eventually.await("connected again", relay::connected);
                assertThat(relay.publish("control.request_idr", new byte[1_001])).isFalse();
                assertThat(relay.publish("control.request_idr", bytes("second"))).isTrue();
                Eventually.await("the request", () -> requests.size() > 1);
                assertThat(requests).containsExactly("first", "second");
            }
            assertThat(relay.connected()).isTrue();
            assertThat(relay.statistics().published()).isEqualTo(2);
            assertThat(relay.statistics().publishFailures()).isEqualTo(3);
        }
    }

    @Test
    void closesQuicklyInAnyState() throws IOException {
        try (NatsServer server = NatsServer.running(folder);
                ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            NatsRelay connected = relay(server.url());
            connected.start();
            Eventually.await("connected", connected::connected);
            NatsRelay connecting = relay("127.0.0.1:" + mute.getLocalPort());
            connecting.start();
            for (NatsRelay relay : List.of(connected, connecting, relay(server.url()))) {
                long startNanos = System.nanoTime();
                relay.close();
                relay.close();
                // A second or two, and what a busy machine takes besides; the server that is mute is never done with.
                assertThat(System.nanoTime() - startNanos).isLessThan(10_000_000_000L);
                assertThat(relay.state()).isEqualTo("closed");
                assertThat(relay.publish("a", PAYLOAD)).isFalse();
                assertThatThrownBy(relay::start).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void refusesMisuse() {
        assertThatThrownBy(() -> NatsRelay.builder("ftp://h")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NatsRelay.builder("h").subjects(List.of("a..b"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NatsRelay.builder("h").maxPayloadBytes(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NatsRelay.builder("h").name("a\"b")).isInstanceOf(IllegalArgumentException.class);
        try (NatsRelay relay = relay("127.0.0.1:" + NatsServer.freePort())) {
            assertThatThrownBy(() -> relay.publish("a.*", PAYLOAD)).isInstanceOf(IllegalArgumentException.class);
            relay.start();
            assertThatThrownBy(relay::start).isInstanceOf(IllegalStateException.class);
        }
    }

    private NatsRelay relay(String servers) {
        return NatsRelay.builder(servers).name("relay-under-test").subjects(List.of("telemetry.>")).listener(recorder).build();
    }

    private static void publish(String url, String subject, byte[] payload) {
        try (TestClient client = new TestClient(url)) {
            client.publish(subject, payload);
        }
    }

    private static int relayThreads() {
        Set<String> names = Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("relay-under-test")).collect(Collectors.toSet());
        return names.size();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
