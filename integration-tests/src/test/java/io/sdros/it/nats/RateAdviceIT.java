package io.sdros.it.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.Sdr2;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.WsRecorder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the encoder is told, by NATS, of a viewer that says of its frames that they come late. */
final class RateAdviceIT {

    private static final Duration FRAME_INTERVAL = Duration.ofMillis(33);
    private static final int FRAME_BYTES = 20_000;
    private static final long STREAM_BPS = 4_850_000;
    private static final long FEEDBACK_NANOS = Duration.ofMillis(50).toNanos();
    /** Longer than a queue that is let stand, and shorter than the window, which would keep frames back. */
    private static final long LATE_NANOS = Duration.ofMillis(150).toNanos();

    private final OpenResources opened = new OpenResources();

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    @Test
    void aQueueThatStandsIsToldWithARateAndTakenBackWhenTheViewerLeaves() {
        NatsProcess nats = opened.add(NatsProcess.start());
        TempRegion region = opened.add(TempRegion.create());
        ServerProcess server = opened.add(ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url())
                .set("SDR_RATE_SUBJECT", "encoder.rate").start());
        server.http().awaitNats("connected");
        NatsClient encoder = opened.add(NatsClient.connect(nats));
        encoder.subscribe("encoder.rate");
        opened.add(SteadyVideo.start(RegionWriter.open(region.path()), FRAME_INTERVAL, FRAME_BYTES, 30));
        WsRecorder viewer = opened.add(WsRecorder.connectSdr2(server));
        viewer.awaitVideo(1);

        // Long enough for the server to have seen how much the stream needs, and how quick the way is.
        long lateFrom = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        String advice = Await.value("advice", Deadlines.SOON, () -> {
            reportNewest(viewer, System.nanoTime() < lateFrom ? 0 : LATE_NANOS);
            Await.pause(FEEDBACK_NANOS);
            return Optional.of(last(encoder)).filter(said -> System.nanoTime() > lateFrom && said.contains("congestion"));
        });
        assertThat(advice).matches("\\{\"stream\":\"default\",\"target_bps\":\\d+,\"reason\":\"congestion\",\"clients\":1,\"carried_bps\":\\d+}");
        assertThat(number(advice, "target_bps")).isBetween(150_000L, STREAM_BPS + STREAM_BPS / 10);

        viewer.close();
        Await.until("no limit", Deadlines.SOON, () -> last(encoder).contains("\"clients\":0"));
        assertThat(last(encoder)).isEqualTo(
                "{\"stream\":\"default\",\"target_bps\":null,\"reason\":\"unlimited\",\"clients\":0,\"carried_bps\":0}");
    }

    /** As if each frame had come so much later than it has. */
    private static void reportNewest(WsRecorder viewer, long laterNanos) {
        long now = System.nanoTime();
        List<WsRecorder.Received> messages = viewer.messages();
        for (int i = messages.size() - 1; i >= 0; i--) {
            WsRecorder.Received message = messages.get(i);
            if (message.bytes()[0] == Sdr2.FRAME_TIMES && message.nanos() + laterNanos < now) {
                viewer.socket().sendBinary(Sdr2.feedback(Sdr2.PLAYING, Sdr2.FrameTimes.of(message.bytes()).frameSeq(),
                        message.nanos() + laterNanos, 0, 0), true).join();
                return;
            }
        }
    }

    private static String last(NatsClient encoder) {
        List<NatsClient.Message> all = encoder.messages();
        return all.isEmpty() ? "" : all.get(all.size() - 1).text();
    }

    private static long number(String json, String field) {
        return Long.parseLong(json.replaceFirst(".*\"" + field + "\":(\\d+).*", "$1"));
    }
}
