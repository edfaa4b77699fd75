package io.sdros.it.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WsRecorder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** A robot's server, a nats-server, and a server far away that has its frames through it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RelayIT {

    private static final Pattern ROW = Pattern.compile("\\| `(sdr_relay_\\w+)` \\| (\\w+) \\|");
    private static final Duration FRAME_INTERVAL = Duration.ofMillis(33);
    /** With its head in several messages. */
    private static final int FRAME_BYTES = 150_000;
    private static final int GROUP = 30;
    private static final int SOME_FRAMES = 40;
    /** Enough to see that they follow each other; a busy machine has few to give. */
    private static final int FEW_FRAMES = 10;

    private final OpenResources opened = new OpenResources();
    private NatsProcess nats;
    private TempRegion region;
    private ServerProcess origin;
    private ServerProcess edge;
    private WsRecorder watching;
    private SteadyVideo video;
    private double countedOfTheFirstOrigin;

    @BeforeAll
    void start() {
        nats = opened.add(NatsProcess.start());
        region = opened.add(TempRegion.create());
        video = opened.add(SteadyVideo.start(RegionWriter.open(region.path()), FRAME_INTERVAL, FRAME_BYTES, GROUP));
        origin = startOrigin();
        edge = opened.add(ServerProcess.builder().set("SDR_STREAMS", "front=nats:,*=nats:").set("SDR_NATS_URL", nats.url())
                .set("SDR_RELAY_LINGER_MS", "0").start());
    }

    @AfterAll
    void stop() {
        opened.close();
    }

    private ServerProcess startOrigin() {
        return opened.add(ServerProcess.builder()
                .set("SDR_STREAMS", "front=shm:" + region.path() + ",arm.wrist=shm:" + region.path() + "?title=Wrist")
                .set("SDR_RELAY_PUBLISH", "*").set("SDR_NATS_URL", nats.url()).start());
    }

    private WsRecorder watch(ServerProcess server, String stream) {
        URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/streams/" + stream + "/ws");
        return opened.add(WsRecorder.connect(uri, Map.of()));
    }

    private double metric(String name) {
        return edge.http().metrics().sum(name);
    }

    /** Published frames that the edge knows of, received or lost. */
    private double counted() {
        Map<String, Double> samples = edge.http().metrics().samples();
        return samples.get("sdr_relay_frames_received_total{stream=\"front\",}") + samples.entrySet().stream()
                .filter(sample -> sample.getKey().startsWith("sdr_relay_frames_lost_total{stream=\"front\",")
                        && !sample.getKey().contains("where=\"origin\""))
                .mapToDouble(Map.Entry::getValue).sum();
    }

    private static Map<Long, VideoFrame> byNumber(List<VideoFrame> frames) {
        return frames.stream().collect(Collectors.toMap(VideoFrame::frameSeq, Function.identity()));
    }

    private static void assertGapless(List<VideoFrame> frames) {
        assertThat(frames.get(0).keyframe()).isTrue();
        for (int i = 1; i < frames.size(); i++) {
            VideoFrame frame = frames.get(i);
            assertThat(frame.keyframe() || frame.frameSeq() == frames.get(i - 1).frameSeq() + 1).as("after %s %s", frames.get(i - 1), frame)
                    .isTrue();
        }
    }

    @Test
    @Order(1)
    void anEdgeThatNobodyWatchesIsReadyAndListsWhatItHeardOf() {
        Await.until("it is ready", Deadlines.SOON, () -> edge.http().get("/ready").statusCode() == 200);
        Await.until("it has heard of the streams", Deadlines.SOON, () -> edge.http().get("/streams").body().contains("arm.wrist"));
        Await.until("they are live", Deadlines.SOON, () -> !edge.http().get("/streams").body().contains("\"source\":\"absent\""));
        assertThat(edge.http().get("/streams").body()).contains("\"name\":\"front\"", "\"title\":\"Wrist\"");
        assertThat(edge.http().get("/ready?stream=arm.wrist").statusCode()).isEqualTo(200);
        assertThat(edge.http().get("/ready?stream=nowhere").statusCode()).isEqualTo(404);
        assertThat(edge.http().get("/health").body()).contains("\"relay\":\"connected\"");
        assertThat(edge.http().get("/clients?stream=arm.wrist").body()).startsWith("{\"total\":0,");
        assertThat(edge.http().get("/clients?stream=nowhere").statusCode()).isEqualTo(404);
        assertThat(metric("sdr_relay_demand")).isZero();
        assertThat(metric("sdr_relay_frames_received_total")).isZero();
    }

    @Test
    @Order(2)
    void itsViewersGetTheBytesThatTheOriginsGet() {
        watching = watch(edge, "front");
        WsRecorder atOrigin = watch(origin, "front");
        List<VideoFrame> here = watching.awaitVideo(SOME_FRAMES);
        long newest = here.get(here.size() - 1).frameSeq();
        Await.until("the origin's viewer has them, too", Deadlines.SOON, () -> byNumber(atOrigin.video()).containsKey(newest));
        Map<Long, VideoFrame> there = byNumber(atOrigin.video());

        assertGapless(here);
        List<VideoFrame> both = here.stream().filter(frame -> there.containsKey(frame.frameSeq())).toList();
        assertThat(both).hasSizeGreaterThan(GROUP / 2);
        assertThat(both).allSatisfy(frame ->
                assertThat(there.get(frame.frameSeq()).headerAndPayload()).isEqualTo(frame.headerAndPayload()));
        atOrigin.close();
    }

    @Test
    @Order(3)
    void whoComesLaterBeginsAtOnceFromWhatTheEdgeHas() {
        double joins = metric("sdr_relay_joins_total");
        WsRecorder late = watch(edge, "front");
        assertGapless(late.awaitVideo(FEW_FRAMES));
        assertThat(metric("sdr_relay_joins_total")).isEqualTo(joins);
        late.close();
    }

    @Test
    @Order(4)
    void aStreamIsMadeWhenItIsAskedForAndGoesAgain() {
        assertThat(WsRecorder.refused(URI.create("ws://127.0.0.1:" + edge.port() + "/streams/nowhere/ws"), Map.of()).statusCode())
                .isEqualTo(404);
        WsRecorder wrist = watch(edge, "arm.wrist");
        assertGapless(wrist.awaitVideo(FEW_FRAMES));
        assertThat(edge.http().metrics().samples()).containsKey("sdr_relay_demand{stream=\"arm.wrist\",}");
        wrist.close();
        Await.until("it has gone", Deadlines.SOON,
                () -> !edge.http().metrics().samples().containsKey("sdr_relay_demand{stream=\"arm.wrist\",}"));
        assertThat(edge.http().get("/streams").body()).contains("arm.wrist");
    }

    @Test
    @Order(5)
    void whatIsWrittenOfItsMetricsIsWhatThereIs() throws IOException {
        Set<String> written = new TreeSet<>();
        for (Matcher row = ROW.matcher(Files.readString(Tool.repositoryFile("docs/metrics.md"))); row.find(); ) {
            written.add(row.group(1) + " " + row.group(2));
        }
        Set<String> real = new TreeSet<>();
        for (ServerProcess server : List.of(origin, edge)) {
            server.http().metrics().types().forEach((name, type) -> {
                if (name.startsWith("sdr_relay_")) {
                    real.add(name + " " + type);
                }
            });
        }
        assertThat(written).isEqualTo(real);
        assertThat(edge.http().metrics().samples())
                .containsKeys("sdr_relay_rtt_seconds{stream=\"front\",}", "sdr_relay_lag_seconds{stream=\"front\",}");
    }

    @Test
    @Order(6)
    void anOriginThatStartsAnewIsTakenAgain() {
        origin.stop();
        Await.until("it is said", Deadlines.SOON, () -> edge.http().get("/ready").statusCode() == 503);
        int before = watching.video().size();
        countedOfTheFirstOrigin = counted();
        origin = startOrigin();
        watching.awaitVideo(before + FEW_FRAMES);

        List<VideoFrame> after = watching.video();
        assertGapless(after.subList(before, after.size()));
        assertThat(watching.closeCode()).isEmpty();
        Await.until("it is ready", Deadlines.SOON, () -> edge.http().get("/ready").statusCode() == 200);
    }

    @Test
    @Order(7)
    void afterNatsWasKilledEachPublishedFrameHasBeenReceivedOrLost() {
        nats.kill();
        nats = opened.add(NatsProcess.start(nats.port()));
        int before = watching.video().size();
        watching.awaitVideo(before + GROUP);
        assertGapless(watching.video());

        // With a keyframe at the end: an edge that takes only those for now would not know what it has missed.
        video.finish();
        Await.until("all are counted", Deadlines.SOON, () -> counted() - countedOfTheFirstOrigin
                == origin.http().metrics().samples().get("sdr_relay_frames_published_total{stream=\"front\",}"));
    }
}
