package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With the JDK's own WebSocket client: what is published arrives, byte for byte and in order. */
class VideoDeliveryTest {

    private static final class Receiver implements WebSocket.Listener {

        final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
        private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            partial.writeBytes(bytes);
            if (last) {
                messages.add(partial.toByteArray());
                partial.reset();
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closed.add(statusCode);
            return null;
        }

        byte[] next() throws InterruptedException {
            byte[] message = messages.poll(20, TimeUnit.SECONDS);
            assertThat(message).as("a message in time").isNotNull();
            return message;
        }
    }

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private TestServer server(int inlineClients) {
        TestServer server = new TestServer(settings -> settings.inlineClients(inlineClients));
        open.add(server);
        return server;
    }

    private static Receiver connect(TestServer server) {
        Receiver receiver = new Receiver();
        HttpClient.newHttpClient().newWebSocketBuilder().connectTimeout(Duration.ofSeconds(20))
                .buildAsync(server.webSocketUri(), receiver).join();
        return receiver;
    }

    private static byte[] expected(byte[] headerAndPayload) {
        return Bytes.join(new byte[] {1}, headerAndPayload);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100})
    void everyLengthArrivesByteExact(int inlineClients) throws Exception {
        TestServer server = server(inlineClients);
        Receiver first = connect(server);
        Receiver second = connect(server);
        server.awaitClients(2);

        int[] payloadBytes = {0, 92, 93, 94, 65_502, 65_503, 65_504, 1_048_576, 4_194_000};
        for (int i = 0; i < payloadBytes.length; i++) {
            byte[] frame = Bytes.random(TestServer.HEADER_BYTES + payloadBytes[i], i);
            server.publish(frame, true);
            assertThat(first.next()).as("payload of %d bytes", payloadBytes[i]).isEqualTo(expected(frame));
            assertThat(second.next()).isEqualTo(expected(frame));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100})
    void aJoiningClientGetsTheReplayThenLiveFramesWithoutGap(int inlineClients) throws Exception {
        TestServer server = server(inlineClients);
        Receiver early = connect(server);
        server.awaitClients(1);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] frame = Bytes.random(5_000, i);
            frames.add(frame);
            server.publish(frame, i == 0);
        }
        for (byte[] frame : frames) {
            assertThat(early.next()).isEqualTo(expected(frame));
        }

        Receiver late = connect(server);
        server.awaitClients(2);
        for (int i = 20; i < 40; i++) {
            byte[] frame = Bytes.random(5_000, i);
            frames.add(frame);
            server.publish(frame, false);
        }

        for (byte[] frame : frames) {
            assertThat(late.next()).isEqualTo(expected(frame));
        }
    }

    @Test
    void oneWakeReachesEveryClientOfAThread() throws Exception {
        TestServer server = new TestServer(settings -> settings.inlineClients(0).ioThreads(1));
        open.add(server);
        List<Receiver> receivers = new ArrayList<>(); // two whole groups of the loop's and one begun, wherever it starts
        for (int i = 0; i < 21; i++) {
            receivers.add(connect(server));
        }
        server.awaitClients(21);
        for (int i = 0; i < 25; i++) {
            byte[] frame = Bytes.random(100, i);
            server.publish(frame, true);
            for (Receiver receiver : receivers) {
                assertThat(receiver.next()).isEqualTo(expected(frame));
            }
        }
    }

    @Test
    void countsWhatWasSentAndItsDelayButNoReplays() throws Exception {
        TestServer server = server(100);
        Receiver early = connect(server);
        server.awaitClients(1);
        byte[] frame = Bytes.random(100, 1);
        server.publish(frame, true);
        early.next();
        Await.until("one message counted", () -> server.statistics().videoMessages() == 1);
        assertThat(server.statistics().videoBytes()).isEqualTo(2 + 1 + 100);
        assertThat(server.statistics().delay().count()).isEqualTo(1);
        assertThat(server.statistics().delay().sumNanos()).isPositive();

        Receiver late = connect(server);
        server.awaitClients(2);
        late.next();

        Await.until("the replay counted", () -> server.statistics().videoMessages() == 2);
        assertThat(server.statistics().delay().count()).isEqualTo(1);
        assertThat(server.statistics().clientsTotal()).isEqualTo(2);
    }

    @Test
    void clientsOfAllThreadsGetEverythingWhileOthersComeAndGo() throws Exception {
        TestServer server = server(4);
        List<Receiver> receivers = new ArrayList<>();
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            receivers.add(connect(server));
            server.awaitClients(i + 1);
            for (int j = 0; j < 5; j++) {
                byte[] frame = Bytes.random(2_000, 100L * i + j);
                frames.add(frame);
                server.publish(frame, j == 0);
            }
        }
        for (int i = 0; i < receivers.size(); i++) {
            // It joined after i groups, of which the last one was replayed to it.
            List<byte[]> due = frames.subList(Math.max(0, i - 1) * 5, frames.size());
            for (byte[] frame : due) {
                assertThat(receivers.get(i).next()).isEqualTo(expected(frame));
            }
        }
    }
}
