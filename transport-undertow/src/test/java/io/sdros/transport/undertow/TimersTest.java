package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.ws.Opcode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimersTest {

    private static final long TEN_TICKS_NANOS = 50_000_000;

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer(settings -> settings.socketSendBufferBytes(16_384));
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void pingsEveryFifteenSeconds() throws Exception {
        try (RawClient client = RawClient.upgraded(server.address)) {
            server.awaitClients(1);
            for (int i = 0; i < 4; i++) {
                server.advance(Duration.ofMillis(15_001));
                assertThat(client.readFrame()).extracting(RawClient.Frame::firstByte).isEqualTo(0x89);
                long before = server.statistics().inboundMessages();
                client.send(Bytes.join(Bytes.frame(0x8A, new byte[0]), Bytes.text("so that the test sees it")));
                Await.until("the pong arrived", () -> server.statistics().inboundMessages() > before);
            }
            assertThat(server.statistics().clients()).as("pongs are a sign of life").isEqualTo(1);
        }
    }

    @Test
    void noThreadIsWokenByATimerWhileNobodyWatches() throws Exception {
        AtomicLong looks = new AtomicLong();
        LongSupplier clock = () -> {
            looks.incrementAndGet();
            return server.nanoTime();
        };
        try (TestServer watched = new TestServer(settings -> settings.nanoClock(clock))) {
            for (int i = 0; i < 2; i++) {
                Await.until("the clock is left alone", () -> {
                    long before = looks.get();
                    LockSupport.parkNanos(TEN_TICKS_NANOS);
                    return looks.get() == before;
                });
                try (RawClient client = RawClient.upgraded(watched.address)) {
                    watched.awaitClients(1);
                    server.advance(Duration.ofMillis(15_001));
                    assertThat(client.readFrame().opcode()).as("timers run again").isEqualTo(Opcode.PING.code());
                }
                watched.awaitClients(0);
            }
        }
    }

    @Test
    void noPingBeforeItsTime() throws Exception {
        try (RawClient client = RawClient.upgraded(server.address)) {
            server.awaitClients(1);
            server.advance(Duration.ofSeconds(8));
            server.publish(new byte[10], true);
            assertThat(client.readFrame().opcode()).isEqualTo(Opcode.BINARY.code());
        }
    }

    @Test
    void thirtySecondsWithoutASignOfLifeEndTheConnection() throws Exception {
        try (RawClient client = RawClient.upgraded(server.address)) {
            server.awaitClients(1);
            server.advance(Duration.ofSeconds(16));
            assertThat(client.readFrame().opcode()).isEqualTo(Opcode.PING.code());
            server.advance(Duration.ofMillis(14_001));
            assertThat(client.readFrame().closeCode()).isEqualTo(1001);
            server.advance(Duration.ofMillis(2_001));
            assertThat(client.atEnd()).isTrue();
            server.awaitClosed(ClosedReason.IDLE, 1);
        }
        server.awaitClients(0);
    }

    @Test
    void aStalledClientIsCutAndTheOthersSeeEveryFrame() throws Exception {
        try (RawClient stalled = RawClient.connectWithSmallWindow(server.address).upgrade();
                RawClient good = RawClient.upgraded(server.address)) {
            server.awaitClients(2);
            int frames = 60;
            CompletableFuture<Integer> received = CompletableFuture.supplyAsync(() -> readFrames(good, frames));
            for (int i = 0; i < frames; i++) {
                server.publish(new byte[100_000], true);
                long due = i + 1L;
                Await.until("the good client got frame " + due, () -> server.statistics().videoMessages() >= due);
            }
            assertThat(received.join()).isEqualTo(frames);
            assertThat(server.statistics().clients()).isEqualTo(2);
            good.send(Bytes.text("alive"));
            server.advance(Duration.ofMillis(10_001));
            server.awaitClosed(ClosedReason.STALLED, 1);
            server.awaitClients(1);

            server.publish(new byte[10], true);
            RawClient.Frame next = good.readFrame();
            assertThat(next.payload()).hasSize(11);
            assertThat(stalled.countFramesUntilEnd()).as("cut within a frame").isLessThan(frames);
        }
    }

    @Test
    void aSlowClientThatMakesProgressIsNotCut() throws Exception {
        try (RawClient slow = RawClient.connectWithSmallWindow(server.address).upgrade()) {
            server.awaitClients(1);
            byte[] large = Bytes.random(2_000_000, 11);
            server.publish(large, true);
            byte[] got = new byte[10 + 1 + large.length];
            int position = 0;
            while (position < got.length) {
                // More than all buffers hold, so the server has written in between; in total ten stall timeouts.
                int end = Math.min(position + 100_000, got.length);
                while (position < end) {
                    position += slow.socket.getInputStream().read(got, position, end - position);
                }
                server.advance(Duration.ofSeconds(5));
                slow.send(Bytes.text("alive"));
            }
            assertThat(Arrays.copyOfRange(got, 11, got.length)).isEqualTo(large);
            assertThat(server.statistics().closedByReason()).containsEntry(ClosedReason.STALLED, 0L);
        }
    }

    private static int readFrames(RawClient client, int count) {
        try {
            int frames = 0;
            while (frames < count) {
                if (client.readFrame().opcode() == Opcode.BINARY.code()) {
                    frames++;
                }
            }
            return frames;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
