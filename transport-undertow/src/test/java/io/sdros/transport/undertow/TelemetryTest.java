package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.ws.Opcode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TelemetryTest {

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer(settings -> settings.socketSendBufferBytes(16_384));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void publish(String subject, String payload) {
        TelemetryMessage message = TelemetryMessage.of(subject, Bytes.utf8(payload));
        server.telemetry.publish(subject, message, message.lengthBytes());
    }

    private static byte[] expected(String subject, String payload) {
        byte[] name = Bytes.utf8(subject);
        return Bytes.join(new byte[] {2, (byte) name.length, 0}, name, Bytes.utf8(payload));
    }

    @Test
    void lastValuesComeFirstThenLiveOnes() throws Exception {
        publish("a", "1");
        publish("b", "2");
        publish("a", "3");
        try (RawClient client = RawClient.upgraded(server.address)) {
            assertThat(client.readFrame().payload()).isEqualTo(expected("b", "2"));
            assertThat(client.readFrame().payload()).isEqualTo(expected("a", "3"));
            publish("c", "4");
            assertThat(client.readFrame().payload()).isEqualTo(expected("c", "4"));
            Await.until("counted", () -> server.statistics().telemetryMessages() == 3);
            assertThat(server.statistics().videoMessages()).isZero();
        }
    }

    @Test
    void whoWantsNoneGetsNone() throws Exception {
        publish("a", "before");
        try (RawClient without = RawClient.connect(server.address).upgrade("/stream/ws?token=x&telemetry=0");
                RawClient with = RawClient.connect(server.address).upgrade("/stream/ws?telemetry=1")) {
            server.awaitClients(2);
            assertThat(with.readFrame().payload()).isEqualTo(expected("a", "before"));
            publish("a", "now");
            assertThat(with.readFrame().payload()).isEqualTo(expected("a", "now"));
            server.publish(new byte[] {7}, true);
            byte[] first = without.readFrame().payload();
            assertThat(first[0]).as("the type of the first message").isEqualTo((byte) 1);
            Await.until("counted", () -> server.statistics().telemetryMessages() == 2);
        }
    }

    @Test
    void whatComesWhileTelemetryRestsIsNotForgotten() throws Exception {
        try (RawClient one = RawClient.upgraded(server.address); RawClient two = RawClient.upgraded(server.address)) {
            server.awaitClients(2);
            for (int round = 0; round < 300; round++) {
                publish("a", "first");
                publish("a", "second " + round); // the round of the first is over, or not yet, or has not begun
                for (RawClient client : List.of(one, two)) {
                    assertThat(client.readFrame().payload()).isEqualTo(expected("a", "first"));
                    assertThat(client.readFrame().payload()).isEqualTo(expected("a", "second " + round));
                }
            }
        }
    }

    @Test
    void telemetryAndPongsPassAheadOfQueuedVideo() throws Exception {
        try (RawClient slow = RawClient.connectWithSmallWindow(server.address).upgrade()) {
            server.awaitClients(1);
            int queued = 20;
            for (int i = 0; i < queued; i++) {
                server.publish(new byte[500_000], i == 0); // the first one fills all buffers
            }
            publish("late", "but first");
            slow.send(Bytes.join(Bytes.frame(0x89, Bytes.utf8("ping")), Bytes.text("seen")));
            Await.until("the ping was read", () -> server.statistics().inboundMessages() == 1);

            List<Integer> types = new ArrayList<>();
            for (int i = 0; i < queued + 2; i++) {
                RawClient.Frame frame = slow.readFrame();
                types.add(frame.opcode() == Opcode.PONG.code() ? 0x0A : (int) frame.payload()[0]);
            }
            assertThat(types.subList(0, 3)).as("at the first boundary").containsExactly(1, 0x0A, 2);
            assertThat(types.subList(3, types.size())).containsOnly(1);
        }
    }
}
