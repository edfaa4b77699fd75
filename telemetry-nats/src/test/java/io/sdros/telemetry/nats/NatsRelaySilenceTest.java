package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A relay and servers that are there but do not answer. */
@Tag("tools")
class NatsRelaySilenceTest {
    @TempDir
    Path folder;

    private final Recorder recorder = new Recorder();

    @Test
    void comesBackFromAFrozenServer() {
        try (NatsServer server = NatsServer.running(folder); NatsRelay relay = relay(server.url())) {
            relay.start();
            Eventually.await("connected", relay::connected);
            server.freeze();
            Eventually.await("freeze noticed", () -> !relay.connected());
            Eventually.throughout(Duration.ofSeconds(2), "not connected", () -> !relay.connected());
            assertThat(relay.publish("control.request_idr", new byte[] {1})).isFalse();
            server.thaw();
            Eventually.await("connected again", relay::connected);
            recorder.roundTrip(server.url(), 1);
            assertThat(relay.statistics().connects()).isEqualTo(2);
        }
        // An attempt to connect may take too long on a busy machine.
        assertThat(recorder.states()).startsWith(NatsState.CONNECTING).endsWith(NatsState.CLOSED)
                .containsSubsequence(NatsState.CONNECTED, NatsState.DISCONNECTED, NatsState.CONNECTED);
    }

    @Test
    void ridesOutAShortFreeze() {
        try (NatsServer server = NatsServer.running(folder); NatsRelay relay = relay(server.url())) {
            relay.start();
            Eventually.await("connected", relay::connected);
            long frozenNanos = System.nanoTime();
            server.freeze();
            // If the machine stands still, too, the freeze is not short.
            Eventually.throughout(Duration.ofMillis(1_500), "connected", () -> relay.connected() || isLong(frozenNanos));
            server.thaw();
            boolean wasShort = !isLong(frozenNanos);
            recorder.roundTrip(server.url(), 1);
            if (wasShort) {
                assertThat(relay.statistics().connects()).isEqualTo(1);
            }
        }
    }

    /** Nearly as long as a server may take for an answer. */
    private static boolean isLong(long sinceNanos) {
        return System.nanoTime() - sinceNanos > 2_500_000_000L;
    }

    @Test
    void takesTheNextServerWhenTheFirstIsDead() throws IOException {
        // Three kinds of dead: refusing, unknown, and accepting without ever answering.
        try (NatsServer server = NatsServer.running(folder);
                ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                NatsRelay relay = relay("127.0.0.1:" + NatsServer.freePort() + ",no-such-host.invalid,nats://127.0.0.1:"
                        + mute.getLocalPort() + "," + server.url())) {
            relay.start();
            Eventually.await("connected", relay::connected);
            assertThat(relay.state()).isEqualTo("connected: " + server.url());
            server.kill();
            Eventually.await("the loss is noticed, and what each server is like", () -> {
                String state = relay.state();
                return state.contains("no answer in time") && state.contains("does not resolve")
                        && state.contains(server.url() + ": ");
            });
            server.start();
            Eventually.await("connected again", relay::connected);
        }
    }

    private NatsRelay relay(String servers) {
        return NatsRelay.builder(servers).name("relay-under-test").subjects(List.of("telemetry.>")).listener(recorder).build();
    }
}
