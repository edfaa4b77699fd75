package io.sdros.transport.undertow;

import static io.sdros.transport.undertow.Sdr2Messages.feedback;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.KeyframeRequestReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client that speaks sdr.2 gets of the video, by what it says it does. */
class Sdr2VideoTest {

    private static final Duration LONG = Duration.ofHours(10);

    private final List<KeyframeRequestReason> requests = new CopyOnWriteArrayList<>();
    /** What is done when somebody has joined or left. */
    private final AtomicReference<Runnable> onWakeup = new AtomicReference<>(() -> { });
    /** Its clock is put forward here, which is not to end or ping anybody. */
    private final TestServer server = new TestServer(settings -> settings.pingInterval(LONG).idleTimeout(LONG),
            stream -> stream.keyframeTimeout(LONG).keyframeRequestSink((reason, clients) -> {
                requests.add(reason);
                return true;
            }).producerWakeup(() -> onWakeup.get().run()));
    private long sequence;

    @AfterEach
    void stop() {
        server.close();
    }

    private void publish(boolean keyframe) {
        server.publishTimed(++sequence, Bytes.random(200, sequence), keyframe);
    }

    private static long nextFrame(RawClient client) throws IOException {
        byte[] times = client.readFrame().payload();
        assertThat(times[0]).isEqualTo((byte) 5);
        assertThat(client.readFrame().payload()[0]).isEqualTo((byte) 1);
        return Sdr2Messages.littleEndian(times).getLong(8);
    }

    private void awaitSubscribers(int count) {
        Await.until(count + " subscribers", () -> server.video.subscriberCount() == count);
        server.video.service();
    }

    @Test
    void whilePausedThereIsTelemetryAndNoVideo() throws IOException {
        try (RawClient client = RawClient.speakingSdr2(server.address)) {
            server.awaitClients(1);
            publish(true);
            assertThat(nextFrame(client)).isEqualTo(1);
            client.send(feedback(Sdr2Messages.PAUSED));
            awaitSubscribers(0);
            for (int i = 0; i < 5; i++) {
                publish(false);
            }
            TelemetryMessage telemetry = TelemetryMessage.of("a", Bytes.utf8("1"));
            server.telemetry.publish("a", telemetry, telemetry.lengthBytes());
            assertThat(client.readFrame().payload()[0]).isEqualTo((byte) 8);
            server.feed.announce("{}");
            assertThat(new String(client.readFrame().payload(), StandardCharsets.UTF_8)).isEqualTo("\t{}");
            assertThat(server.feed.statistics().viewers()).isEqualTo(1);

            client.send(feedback(Sdr2Messages.PLAYING));
            awaitSubscribers(1);
            for (long expected = 1; expected <= 6; expected++) {
                assertThat(nextFrame(client)).as("like a newcomer").isEqualTo(expected);
            }
            publish(false);
            assertThat(nextFrame(client)).isEqualTo(7);
        }
        server.awaitClosed(ClosedReason.DISCONNECTED, 1);
        awaitSubscribers(0);
    }

    @Test
    void whoWaitsForAKeyframeGetsTheNewestGroupAndIfThatIsNoHelpANewOne() throws IOException {
        try (RawClient client = RawClient.speakingSdr2(server.address)) {
            server.awaitClients(1);
            requests.clear();
            publish(true);
            publish(false);
            nextFrame(client);
            nextFrame(client);
            server.advance(Duration.ofSeconds(10));
            client.send(feedback(Sdr2Messages.WAITING_FOR_KEYFRAME));
            Await.until("a new subscription", () -> server.video.service() > 0);
            assertThat(List.of(nextFrame(client), nextFrame(client))).containsExactly(1L, 2L);
            assertThat(requests).isEmpty();

            Await.until("it is streaming", () -> {
                try {
                    server.advance(Duration.ofSeconds(1));
                    client.send(feedback(Sdr2Messages.DECODER_FAILED));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                server.video.service();
                return !requests.isEmpty();
            });
            assertThat(requests).containsOnly(KeyframeRequestReason.LAG);
            publish(false);
            publish(true);
            assertThat(nextFrame(client)).as("nothing of the old group").isEqualTo(4);
        }
    }

    @Test
    void whoWaitsForWhatIsOnItsWayIsNotSentItTwice() throws IOException {
        publish(true);
        publish(false);
        try (RawClient client = RawClient.speakingSdr2(server.address)) {
            server.awaitClients(1);
            awaitSubscribers(1);
            assertThat(List.of(nextFrame(client), nextFrame(client))).containsExactly(1L, 2L);
            client.send(feedback(Sdr2Messages.WAITING_FOR_KEYFRAME));
            awaitAccepted(1);
            assertThat(server.video.service()).as("for all that is known here they are on a slow link").isZero();
            client.send(feedback(Sdr2Messages.WAITING_FOR_KEYFRAME, 2, server.nanoTime(), 0, 0));
            Await.until("a new subscription", () -> server.video.service() > 0);
            assertThat(List.of(nextFrame(client), nextFrame(client))).containsExactly(1L, 2L);
            server.advance(Duration.ofMillis(1100));
            client.send(feedback(Sdr2Messages.WAITING_FOR_KEYFRAME));
            awaitAccepted(3);
            assertThat(server.video.service()).as("of the second time nothing is known to have come").isZero();
            server.advance(Duration.ofSeconds(3));
            client.send(feedback(Sdr2Messages.WAITING_FOR_KEYFRAME));
            Await.until("whatever has become of it", () -> server.video.service() > 0);
        }
    }

    @Test
    void whoLeavesOutFramesWhilePausedGetsVideoAgain() throws IOException {
        try (RawClient client = RawClient.speakingSdr2(server.address)) {
            server.awaitClients(1);
            publish(true);
            nextFrame(client);
            client.send(feedback(Sdr2Messages.PLAYING, 1, server.nanoTime(), 0, 0));
            awaitAccepted(1);
            publish(false);
            nextFrame(client);
            server.advance(Duration.ofSeconds(1));
            client.send(feedback(Sdr2Messages.PLAYING, 2, server.nanoTime(), 0, 0));
            awaitAccepted(2);
            publish(false);
            nextFrame(client);
            client.send(feedback(Sdr2Messages.PAUSED));
            awaitSubscribers(0);
            server.advance(Duration.ofSeconds(10));
            client.send(feedback(Sdr2Messages.PLAYING));
            awaitSubscribers(1);
            assertThat(nextFrame(client)).as("though it never spoke of the third").isEqualTo(1);
        }
    }

    /** A source without viewers may stop being read at once, and what is kept for newcomers would be gone. */
    @Test
    void whoJoinsAnewIsNeverMissing() throws IOException {
        try (RawClient client = RawClient.speakingSdr2(server.address)) {
            server.awaitClients(1);
            publish(true);
            nextFrame(client);
            List<Integer> subscribers = new CopyOnWriteArrayList<>();
            onWakeup.set(() -> subscribers.add(server.video.subscriberCount()));
            client.send(feedback(Sdr2Messages.DECODER_FAILED, 1, server.nanoTime(), 0, 0));
            awaitAccepted(1);
            assertThat(subscribers).isNotEmpty().doesNotContain(0);
            assertThat(server.video.subscriberCount()).isEqualTo(1);
        }
    }

    @Test
    void whoIsBeingClosedJoinsNoMore() throws IOException {
        try (RawClient client = RawClient.speakingSdr2(server.address)) {
            server.awaitClients(1);
            client.send(feedback(Sdr2Messages.PAUSED));
            awaitAccepted(1);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(server.server::close);
            assertThat(client.readUntilClose().closeCode()).isEqualTo(1001);
            client.send(feedback(Sdr2Messages.PLAYING));
            awaitAccepted(2);
            assertThat(server.video.subscriberCount()).isZero();
            client.send(Bytes.close(1001, ""));
            closing.join();
        }
    }

    private void awaitAccepted(long count) {
        Await.until(count + " accepted", () -> server.statistics().feedback().get(FeedbackResult.ACCEPTED) == count);
    }
}
