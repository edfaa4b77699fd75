package io.sdros.transport.undertow;

import static io.sdros.transport.undertow.Sdr2Messages.feedback;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.DropReason;
import io.sdros.fanout.SubscriptionState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client gets that asks for sdr.2, and what one gets that does not. */
class Sdr2ProtocolTest {

    private final List<ViewerFeedback> heard = new ArrayList<>();
    private final TestServer server = new TestServer(settings -> { }, stream -> { }, new ViewerListener() {
        @Override
        public void onFeedback(ViewerFeedback feedback) {
            synchronized (heard) {
                heard.add(feedback);
            }
        }
    });

    @AfterEach
    void stop() {
        server.close();
    }

    private void publishTelemetry(String subject, String payload, long receivedNanos) {
        TelemetryMessage message = TelemetryMessage.of(subject, Bytes.utf8(payload), receivedNanos);
        server.telemetry.publish(subject, message, message.lengthBytes());
    }

    private static byte[] timedTelemetry(int flags, String subject, String payload, long receivedNanos) {
        byte[] head = Sdr2Messages.littleEndian(new byte[16]).put((byte) 8).put((byte) flags).putShort((short) subject.length())
                .putInt(0).putLong(receivedNanos).array();
        return Bytes.join(head, Bytes.utf8(subject), Bytes.utf8(payload));
    }

    private long results(FeedbackResult result) {
        return server.statistics().feedback().get(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdr.2", "chat, sdr.2", "sdr.2,sdr.1"})
    void whoOffersItGetsIt(String offered) throws IOException {
        try (RawClient client = RawClient.connect(server.address)) {
            assertThat(client.offer(offered)).startsWith("HTTP/1.1 101 ").contains("\r\nSec-WebSocket-Protocol: sdr.2\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat", "SDR.2", "sdr.20", "sdr"})
    void nothingElseIsSelected(String offered) throws IOException {
        try (RawClient client = RawClient.connect(server.address)) {
            assertThat(client.offer(offered)).startsWith("HTTP/1.1 101 ").doesNotContain("Sec-WebSocket-Protocol");
        }
    }

    @Test
    void anOldClientSeesNotOneByteOfDifference() throws IOException {
        byte[] keyframe = Bytes.random(300, 1);
        byte[] small = Bytes.random(60, 2);
        byte[] large = Bytes.random(70_000, 3);
        server.feed.announce("{\"stream\":\"default\"}");
        publishTelemetry("kept", "1", 5);
        try (RawClient old = RawClient.upgraded(server.address); RawClient other = RawClient.speakingSdr2(server.address)) {
            server.awaitClients(2);
            assertThat(old.readBytes(10)).isEqualTo(Bytes.hex("8208 02 0400 6b657074 31"));
            server.publishTimed(1, keyframe, true);
            server.publish(small, false);
            server.publishTimed(2, large, false);
            assertThat(old.readBytes(4 + 301)).isEqualTo(Bytes.join(Bytes.hex("827e 012d 01"), keyframe));
            assertThat(old.readBytes(2 + 61)).isEqualTo(Bytes.join(Bytes.hex("823d 01"), small));
            assertThat(old.readBytes(10 + 70_001)).isEqualTo(Bytes.join(Bytes.hex("827f 0000000000011171 01"), large));
            server.feed.announce("{\"stream\":\"other\"}");
            publishTelemetry("live", "22", 5);
            assertThat(old.readBytes(11)).isEqualTo(Bytes.hex("8209 02 0400 6c697665 3232"));
            for (int i = 0; i < 300; i++) {
                old.send(Sdr2Messages.clock(1));
            }
            Await.until("all of them", () -> server.statistics().inboundMessages() == 300);
            server.publishTimed(3, small, false);
            assertThat(old.readBytes(2 + 61)).as("no answer, no close").isEqualTo(Bytes.join(Bytes.hex("823d 01"), small));
            assertThat(server.statistics().videoBytes()).as("both are sent the same video").isPositive().isEven();
            assertThat(other.readFrame().payload()[0]).isEqualTo((byte) 9);
        }
    }

    @Test
    void theStateIsTheFirstMessageAndComesAgainWhenItHasChanged() throws IOException {
        server.feed.announce("{\"stream\":\"a\"}");
        publishTelemetry("kept", "1", 5);
        server.publishTimed(1, Bytes.random(50, 1), true);
        try (RawClient client = RawClient.speakingSdr2(server.address)) {
            server.awaitClients(1);
            assertThat(client.readFrame().payload()).isEqualTo(Bytes.utf8("\t{\"stream\":\"a\"}"));
            assertThat(client.readFrame().payload()).isEqualTo(timedTelemetry(1, "kept", "1", 5));
            client.readFrame();
            client.readFrame();
            server.feed.announce("{\"stream\":\"a\"}");
            server.feed.announce("{\"stream\":\"b\"}");
            assertThat(client.readFrame().payload()).as("without a word that nothing has changed")
                    .isEqualTo(Bytes.utf8("\t{\"stream\":\"b\"}"));
        }
    }

    @Test
    void eachFrameHasItsTimesBeforeIt() throws IOException {
        byte[] replayed = Bytes.random(40, 1);
        byte[] live = Bytes.random(1_500_000, 2);
        FrameTimes first = server.publishTimed(41, replayed, true);
        try (RawClient client = RawClient.speakingSdr2(server.address)) {
            server.awaitClients(1);
            assertThat(client.readFrame().payload()).isEqualTo(Sdr2Messages.frameTimes(41, first));
            assertThat(client.readFrame().payload()).isEqualTo(Bytes.join(new byte[] {1}, replayed));
            FrameTimes second = server.publishTimed(42, live, false);
            assertThat(client.readFrame().payload()).isEqualTo(Sdr2Messages.frameTimes(42, second));
            assertThat(client.readFrame().payload()).isEqualTo(Bytes.join(new byte[] {1}, live));
        }
    }

    @Test
    void telemetrySaysWhenItCameAndWhetherItIsOld() throws IOException {
        publishTelemetry("a", "old", 11);
        publishTelemetry("b", "old", 12);
        try (RawClient client = RawClient.speakingSdr2(server.address); RawClient old = RawClient.upgraded(server.address)) {
            server.awaitClients(2);
            assertThat(List.of(client.readFrame().payload(), client.readFrame().payload()))
                    .containsExactlyInAnyOrder(timedTelemetry(1, "a", "old", 11), timedTelemetry(1, "b", "old", 12));
            for (int i = 0; i < 20; i++) {
                publishTelemetry("a", "new" + i, 100 + i);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(client.readFrame().payload()).isEqualTo(timedTelemetry(0, "a", "new" + i, 100 + i));
            }
            assertThat(old.readFrame().payload()[0]).isEqualTo((byte) 2);
        }
    }

    @Test
    void aClockMessageIsAnswered() throws IOException {
        try (RawClient client = RawClient.speakingSdr2(server.address)) {
            long before = server.nanoTime();
            client.send(Sdr2Messages.clock(-77));
            ByteBuffer answer = Sdr2Messages.littleEndian(client.readFrame().payload());
            assertThat(answer.remaining()).isEqualTo(32);
            assertThat(answer.getLong()).isEqualTo(6);
            assertThat(answer.getLong()).isEqualTo(-77);
            long received = answer.getLong();
            assertThat(received).isGreaterThanOrEqualTo(before);
            assertThat(answer.getLong()).isBetween(received, server.nanoTime());
        }
    }

    @Test
    void feedbackIsHeldAgainstWhatWasSent() throws IOException {
        try (RawClient client = RawClient.speakingSdr2(server.address)) {
            server.awaitClients(1);
            FrameTimes times = server.publishTimed(9, Bytes.random(1000, 1), true);
            client.readFrame();
            client.readFrame();
            long received = times.serverTimeNanos() + 5_000_000_000L; // longer than a busy machine takes to send it
            server.advance(Duration.ofSeconds(6));
            client.send(feedback(Sdr2Messages.PLAYING, 9, received, 9, received + 30_000_000));
            Await.until("one", () -> results(FeedbackResult.ACCEPTED) == 1);
            ViewerFeedback said;
            synchronized (heard) {
                said = heard.get(0);
            }
            assertThat(said.receivedSeq()).isEqualTo(9);
            assertThat(said.receivedNanos()).isEqualTo(received);
            assertThat(said.carriedBytes()).isEqualTo(42 + 4 + 1001);
            assertThat(said.state()).isEqualTo(ViewerState.PLAYING);
            assertThat(List.of(said.received(), said.decoded(), said.dropped())).containsExactly(3L, 2L, 1L);
            assertThat(said.clockErrorMicros()).isEqualTo(1000);
            assertThat(said.decodeQueue()).isEqualTo(2);
            var delays = server.statistics().viewerDelays();
            assertThat(delays.get(DelayStage.CAPTURE_TO_COMMIT).sumNanos()).isEqualTo(5_000_000);
            assertThat(delays.get(DelayStage.COMMIT_TO_SERVER).sumNanos()).isEqualTo(1_000_000);
            assertThat(delays.get(DelayStage.SERVER_TO_SOCKET).sumNanos() + delays.get(DelayStage.SOCKET_TO_RECEIVED).sumNanos())
                    .isEqualTo(5_000_000_000L);
            assertThat(delays.get(DelayStage.RECEIVED_TO_DISPLAYED).sumNanos()).isEqualTo(30_000_000);
            assertThat(delays.get(DelayStage.COMMIT_TO_DISPLAYED).sumNanos()).isEqualTo(5_031_000_000L);
            ViewerReport.Said reported = server.feed.reports(1).get(0).said().orElseThrow();
            assertThat(reported.last()).isEqualTo(said);
            assertThat(reported.delays().nanos()).containsEntry(DelayStage.COMMIT_TO_DISPLAYED, 5_031_000_000L);
        }
    }

    @Test
    void aReportTellsHowAViewerIs() throws IOException {
        assertThat(server.feed.reports(10)).isEmpty();
        try (RawClient old = RawClient.upgraded(server.address); RawClient client = RawClient.speakingSdr2(server.address)) {
            server.awaitClients(2);
            server.publishTimed(9, Bytes.random(1000, 1), true);
            old.readFrame();
            client.readFrame();
            client.readFrame();
            long receivedNanos = server.nanoTime();
            server.publishTimed(10, Bytes.random(1000, 1), false);
            assertThat(server.feed.reports(1)).hasSize(1);
            ViewerReport ofOld = report(false);
            assertThat(ofOld.said()).isEmpty();
            assertThat(ofOld.video()).isEqualTo(SubscriptionState.STREAMING);
            assertThat(ofOld.carriedBps()).as("it keeps up").isEmpty();
            assertThat(ofOld.dropped().values()).hasSize(DropReason.values().length).containsOnly(0L);
            assertThat(ofOld.address().isLoopbackAddress()).isTrue();
            assertThat(report(true).said()).as("it has said nothing yet").isEmpty();

            client.send(feedback(Sdr2Messages.PLAYING, 9, receivedNanos, 0, 0));
            Await.until("what it says", () -> report(true).said().filter(said -> said.unreceivedFrames() == 1).isPresent());
            server.advance(Duration.ofMillis(40));
            ViewerReport.Said said = report(true).said().orElseThrow();
            assertThat(said.silent()).isBetween(Duration.ofMillis(40), Duration.ofSeconds(20));
            assertThat(said.last().state()).isEqualTo(ViewerState.PLAYING);

            client.send(feedback(Sdr2Messages.PAUSED));
            Await.until("a pause", () -> report(true).video() == SubscriptionState.CLOSED);
        }
    }

    private ViewerReport report(boolean sdr2) {
        return server.feed.reports(10).stream().filter(viewer -> viewer.sdr2() == sdr2).findFirst().orElseThrow();
    }

    @Test
    void whatCannotBeTrueIsCountedAndChangesNothing() throws IOException {
        try (RawClient client = RawClient.speakingSdr2(server.address)) {
            server.awaitClients(1);
            FrameTimes times = server.publishTimed(9, Bytes.random(1000, 1), true);
            client.readFrame();
            client.readFrame();
            long now = times.serverTimeNanos();
            client.send(feedback(Sdr2Messages.PAUSED, 10, now, 0, 0));
            client.send(feedback(Sdr2Messages.PAUSED, 9, now + 3_600_000_000_000L, 0, 0));
            client.send(feedback(Sdr2Messages.PAUSED, 9, now - 3_600_000_000_000L, 0, 0));
            client.send(feedback(Sdr2Messages.PAUSED, 9, now, 8, now));
            client.send(feedback(Sdr2Messages.PAUSED, 0, 0, 9, now));
            client.send(feedback(4, 9, now, 9, now));
            client.send(Bytes.frame(0x82, new byte[] {7}));
            client.send(Bytes.frame(0x82, Bytes.join(new byte[] {7}, new byte[52])));
            client.send(Bytes.frame(0x82, Bytes.join(new byte[] {6, 0, 0, 0, 0, 0, 0, 1}, new byte[8])));
            client.send(Bytes.frame(0x82, new byte[] {99}));
            client.send(Bytes.frame(0x82, new byte[0]));
            client.send(Bytes.text("hello"));
            Await.until("the last", () -> server.statistics().inboundMessages() == 3);
            assertThat(results(FeedbackResult.IMPOSSIBLE)).isEqualTo(5);
            assertThat(results(FeedbackResult.MALFORMED)).isEqualTo(4);
            assertThat(results(FeedbackResult.ACCEPTED)).isZero();
            synchronized (heard) {
                assertThat(heard).isEmpty();
            }
            server.publishTimed(10, Bytes.random(1000, 2), false);
            assertThat(client.readFrame().payload()[0]).as("not paused").isEqualTo((byte) 5);
        }
    }

    @Test
    void moreMessagesThanAnyClientNeedsEndIt() throws IOException {
        try (RawClient client = RawClient.speakingSdr2(server.address)) {
            for (int i = 0; i < 200; i++) {
                client.send(feedback(Sdr2Messages.PLAYING));
            }
            Await.until("so many may come", () -> results(FeedbackResult.ACCEPTED) == 200);
            server.advance(Duration.ofSeconds(2));
            // 200, what two seconds have saved, and one more for each 5 ms that a busy machine takes to send them.
            for (int i = 0; i < 1000; i++) {
                client.send(feedback(Sdr2Messages.PLAYING));
            }
            RawClient.Frame close = client.readUntilClose();
            assertThat(close.closeCode()).isEqualTo(1008);
            assertThat(new String(close.payload(), 2, close.payload().length - 2, StandardCharsets.US_ASCII))
                    .isEqualTo("too many messages");
            assertThat(results(FeedbackResult.ACCEPTED)).isBetween(420L, 1199L);
            client.send(Bytes.close(1008, ""));
            server.awaitClosed(ClosedReason.TOO_MANY, 1);
        }
    }
}
