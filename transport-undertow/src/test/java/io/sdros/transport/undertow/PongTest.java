package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PongTest {

    private static final int PING = 0x89;
    private static final int PONG = 0x8A;

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static byte[] pings(int count) {
        byte[][] pings = new byte[count][];
        for (int i = 0; i < count; i++) {
            pings[i] = Bytes.frame(PING, new byte[] {(byte) (i >>> 8), (byte) i});
        }
        return Bytes.join(pings);
    }

    private static List<Integer> range(int from, int to) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = from; i < to; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    /** The pongs up to the one with this number; what else comes is passed over. */
    private static List<Integer> pongsUpTo(RawClient client, int last) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        while (numbers.isEmpty() || numbers.get(numbers.size() - 1) != last) {
            RawClient.Frame frame = client.readFrame();
            if (frame.firstByte() == PONG) {
                numbers.add((frame.payload()[0] & 0xFF) << 8 | frame.payload()[1] & 0xFF);
            }
        }
        return numbers;
    }

    @Test
    void aPongEchoesThePing() throws Exception {
        try (RawClient client = RawClient.upgraded(server.address)) {
            for (int length : new int[] {0, 1, 124, 125}) {
                byte[] payload = Bytes.random(length, 4);
                client.send(Bytes.frame(PING, payload));
                RawClient.Frame pong = client.readFrame();
                assertThat(pong.firstByte()).isEqualTo(PONG);
                assertThat(pong.payload()).isEqualTo(payload);
            }
        }
    }

    @Test
    void everyPingOfAClientThatReadsIsAnsweredInOrder() throws Exception {
        try (RawClient client = RawClient.upgraded(server.address)) {
            server.awaitClients(1);
            // All of them come to the server in very few reads.
            client.send(pings(2000));
            assertThat(pongsUpTo(client, 1999)).isEqualTo(range(0, 2000));
        }
    }

    @Test
    void pingsBeforeACloseFrameAreAnsweredBeforeIt() throws Exception {
        try (RawClient client = RawClient.upgraded(server.address)) {
            client.send(Bytes.join(pings(3), Bytes.close(1000, ""), pings(1)));
            assertThat(pongsUpTo(client, 2)).isEqualTo(range(0, 3));
            assertThat(client.readFrame().closeCode()).isEqualTo(1000);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void pingsBeforeAViolationAreAnsweredBeforeItsCloseFrame() throws Exception {
        try (RawClient client = RawClient.upgraded(server.address)) {
            client.send(Bytes.join(pings(3), Bytes.hex("8100"), pings(1)));
            assertThat(pongsUpTo(client, 2)).isEqualTo(range(0, 3));
            assertThat(client.readFrame().closeCode()).isEqualTo(1002);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void ofAClientThatDoesNotReadTheNewestPingsAreKept() throws Exception {
        try (RawClient client = RawClient.connectWithSmallWindow(server.address).upgrade()) {
            server.awaitClients(1);
            // More than all buffers on the way hold, so that its end waits for the client.
            server.publish(new byte[16_000_000], true);
            client.send(Bytes.join(pings(1000), Bytes.text("x")));
            Await.until("all pings were seen", () -> server.statistics().inboundMessages() == 1);
            assertThat(pongsUpTo(client, 999)).isEqualTo(range(1000 - Outbox.MAX_PENDING_PONGS, 1000));
        }
    }

    @Test
    void pongsOfTheClientAreIgnored() throws Exception {
        try (RawClient client = RawClient.upgraded(server.address)) {
            client.send(Bytes.join(Bytes.frame(PONG, new byte[0]), Bytes.frame(PONG, new byte[125]), pings(1)));
            assertThat(pongsUpTo(client, 0)).hasSize(1);
            assertThat(server.statistics().inboundMessages()).isZero();
        }
    }
}
