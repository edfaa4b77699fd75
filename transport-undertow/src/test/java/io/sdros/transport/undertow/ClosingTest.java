package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClosingTest {

    private TestServer server;
    private RawClient client;

    @BeforeEach
    void connect() throws Exception {
        server = new TestServer(settings -> settings.shutdownTimeout(Await.DEADLINE),
                stream -> stream.keyframeTimeout(Duration.ofSeconds(5)));
        client = RawClient.upgraded(server.address);
        server.awaitClients(1);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 3000, 4999})
    void theClientsCloseIsAnsweredWithItsCode(int code) throws Exception {
        client.send(Bytes.close(code, "done"));
        RawClient.Frame answer = client.readFrame();
        assertThat(answer.firstByte()).isEqualTo(0x88);
        assertThat(answer.payload()).isEqualTo(new byte[] {(byte) (code >>> 8), (byte) code});
        assertThat(client.atEnd()).isTrue();
        client.close();
        server.awaitClosed(ClosedReason.CLIENT, 1);
        server.awaitClients(0);
    }

    @Test
    void everythingOfAViewerIsLetGoOfWhateverIsThrown() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        try (TestServer failing = new TestServer(settings -> { }, stream -> stream.producerWakeup(() -> {
                    if (broken.get()) {
                        throw new IllegalStateException("made up");
                    }
                }));
                RawClient viewer = RawClient.upgraded(failing.address)) {
            failing.awaitClients(1);
            assertThat(failing.telemetry.statistics().subscribers()).isEqualTo(1);
            broken.set(true);
            viewer.socket.shutdownOutput();
            Await.until("no longer a client", () -> failing.statistics().clients() == 0);
            failing.awaitClosed(ClosedReason.DISCONNECTED, 1);
            assertThat(failing.telemetry.statistics().subscribers()).isZero();
            assertThat(failing.feed.group(0).size() + failing.feed.group(1).size()).isZero();
            assertThat(viewer.atEnd()).isTrue();
        }
    }

    @Test
    void aCloseWithoutBodyIsAnsweredWithoutBody() throws Exception {
        client.send(Bytes.frame(0x88, new byte[0]));
        assertThat(client.readFrame().payload()).isEmpty();
        assertThat(client.atEnd()).isTrue();
    }

    @Test
    void theAnswerComesEvenIfTheClientHasEndedItsDirection() throws Exception {
        client.send(Bytes.close(1000, ""));
        client.socket.shutdownOutput();
        assertThat(client.readFrame().closeCode()).isEqualTo(1000);
        assertThat(client.atEnd()).isTrue();
        server.awaitClosed(ClosedReason.CLIENT, 1);
    }

    @Test
    void theAnswerWaitsForTheMessageInFlightEvenThen() throws Exception {
        try (RawClient slow = RawClient.connectWithSmallWindow(server.address).upgrade()) {
            server.awaitClients(2);
            server.publish(new byte[3_000_000], true);
            server.publish(new byte[10], true);
            slow.send(Bytes.close(1000, ""));
            slow.socket.shutdownOutput();
            assertThat(slow.readFrame().payload()).hasSize(3_000_001);
            assertThat(slow.readFrame().closeCode()).as("not the next message").isEqualTo(1000);
            assertThat(slow.atEnd()).isTrue();
        }
        server.awaitClosed(ClosedReason.CLIENT, 1);
    }

    @Test
    void nothingFollowsACloseFrame() throws Exception {
        client.send(Bytes.join(Bytes.close(1000, ""), Bytes.frame(0x89, new byte[3]), Bytes.text("late")));
        server.publish(new byte[100], true);
        assertThat(client.readUntilClose().closeCode()).isEqualTo(1000);
        server.publish(new byte[100], true);
        assertThat(client.atEnd()).isTrue();
        assertThat(server.statistics().inboundMessages()).isZero();
    }

    @Test
    void aClientThatNeverEndsItsDirectionIsCutAfterTwoSeconds() throws Exception {
        client.send(Bytes.close(1000, ""));
        client.readFrame();
        assertThat(client.atEnd()).isTrue();
        server.advance(Duration.ofMillis(500));
        assertThat(server.statistics().clients()).isEqualTo(1);
        server.advance(Duration.ofMillis(1501));
        server.awaitClosed(ClosedReason.CLIENT, 1);
        server.awaitClients(0);
    }

    @ParameterizedTest
    @CsvSource({
        "c180 00000000, 1002, PROTOCOL_ERROR",
        "8100, 1002, PROTOCOL_ERROR",
        "8f80 00000000, 1002, PROTOCOL_ERROR",
        "8182 00000000 c0af, 1007, BAD_DATA",
        "82ff 0000000000010001, 1009, TOO_BIG",
    })
    void violationsCloseTheConnection(String hex, int code, ClosedReason reason) throws Exception {
        client.sendHex(hex);
        assertThat(client.readFrame().closeCode()).isEqualTo(code);
        assertThat(client.atEnd()).isTrue();
        client.close();
        server.awaitClosed(reason, 1);
    }

    @Test
    void theCloseFrameSurvivesWhatTheClientWasStillSending() throws Exception {
        client.send(Bytes.join(Bytes.hex("8100"), new byte[500_000]));
        assertThat(client.readFrame().closeCode()).isEqualTo(1002);
        assertThat(client.atEnd()).as("an end, not a reset").isTrue();
    }

    @Test
    void sixtyFourKibibytesAreAcceptedAndCounted() throws Exception {
        client.send(Bytes.join(Bytes.frame(0x82, new byte[65_536]), Bytes.frame(0x02, new byte[65_535]),
                Bytes.frame(0x80, new byte[1]), Bytes.text("x")));
        Await.until("three messages", () -> server.statistics().inboundMessages() == 3);
        client.send(Bytes.join(Bytes.frame(0x02, new byte[65_535]), Bytes.frame(0x80, new byte[2])));
        assertThat(client.readFrame().closeCode()).isEqualTo(1009);
        assertThat(server.statistics().inboundMessages()).isEqualTo(3);
    }

    @Test
    void aVanishedClientIsNoticed() throws Exception {
        client.socket.setSoLinger(true, 0);
        client.close();
        server.awaitClosed(ClosedReason.DISCONNECTED, 1);
        server.awaitClients(0);
    }

    @Test
    void aClientThatEndsItsDirectionWithoutACloseFrameIsGone() throws Exception {
        client.socket.shutdownOutput();
        assertThat(client.atEnd()).isTrue();
        server.awaitClosed(ClosedReason.DISCONNECTED, 1);
        server.awaitClients(0);
    }

    @Test
    void noKeyframeInTime() throws Exception {
        for (int i = 0; i < 12; i++) { // past the 5 s, but within the 2 s that the answer may take
            server.advance(Duration.ofMillis(500));
            server.publish(new byte[50], false);
        }
        RawClient.Frame frame = client.readUntilClose();
        assertThat(frame.closeCode()).isEqualTo(4408);
        client.send(Bytes.close(4408, ""));
        assertThat(client.atEnd()).isTrue();
        client.close();
        server.awaitClosed(ClosedReason.KEYFRAME_TIMEOUT, 1);
    }

    @Test
    void shutdownClosesWith1001AfterTheMessageInFlight() throws Exception {
        try (RawClient slow = RawClient.connectWithSmallWindow(server.address).upgrade()) {
            server.awaitClients(2);
            byte[] large = Bytes.random(3_000_000, 9);
            server.publish(large, true);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(server.server::close);
            Await.until("the server is closing", this::refused);

            assertThat(slow.readFrame().payload()).isEqualTo(Bytes.join(new byte[] {1}, large));
            assertThat(slow.readFrame().closeCode()).isEqualTo(1001);
            slow.send(Bytes.close(1001, ""));
            assertThat(slow.atEnd()).isTrue();
            assertThat(client.readUntilClose().closeCode()).isEqualTo(1001);
            client.send(Bytes.close(1001, ""));
            assertThat(client.atEnd()).isTrue();
            client.close();
            slow.socket.close();
            closing.join();
        }
        assertThat(server.statistics().closedByReason()).containsEntry(ClosedReason.SHUTDOWN, 2L);
        assertThat(server.statistics().clients()).isZero();
    }

    /** Not what becomes of a connection that came through: the server may have taken it just before it closed. */
    private boolean refused() {
        try (RawClient another = RawClient.connect(server.address)) {
            return another.socket.isClosed();
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void anErrorOfTheServersOwnCostsOneViewerItsSeatAndNobodyElseAnything() throws Exception {
        AtomicBoolean armed = new AtomicBoolean();
        LongSupplier clock = () -> {
            if (StackWalker.getInstance().walk(frames -> frames.anyMatch(
                    frame -> frame.getClassName().equals(ClientWriter.class.getName())
                            && frame.getMethodName().equals("completed"))) && armed.getAndSet(false)) {
                throw new InternalError("injected");
            }
            return System.nanoTime();
        };
        try (TestServer failing = new TestServer(settings -> settings.nanoClock(clock));
                RawClient one = RawClient.upgraded(failing.address);
                RawClient two = RawClient.upgraded(failing.address)) {
            failing.awaitClients(2);
            armed.set(true);
            failing.publish(new byte[10], true);
            failing.awaitClosed(ClosedReason.FAILED, 1);
            failing.awaitClients(1);
            failing.publish(new byte[20], true);
            Await.until("the other got both", () -> failing.statistics().videoMessages() >= 3);
            failing.server.close();
            assertThat(List.of(one.countFramesUntilEnd(), two.countFramesUntilEnd()))
                    .as("both frames and the close frame for the other").containsExactlyInAnyOrder(1, 3);
        }
    }
}
