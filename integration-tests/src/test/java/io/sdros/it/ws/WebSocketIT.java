package io.sdros.it.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.PythonWriter;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.TestClip;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WsRecorder;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The stream as the JDK's WebSocket client sees it. */
final class WebSocketIT {

    private final OpenResources opened = new OpenResources();
    private final TempRegion region = opened.add(TempRegion.create());

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    private ServerProcess start(ServerProcess.Builder builder) {
        return opened.add(builder.region(region).start());
    }

    private ServerProcess start() {
        return start(ServerProcess.builder());
    }

    private WsRecorder connect(ServerProcess server) {
        return connect(server.stream(), Map.of());
    }

    private WsRecorder connect(URI uri, Map<String, String> headers) {
        return opened.add(WsRecorder.connect(uri, headers));
    }

    private static void assertSameFrames(List<VideoFrame> actual, List<VideoFrame> expected) {
        assertThat(actual).extracting(VideoFrame::frameSeq)
                .isEqualTo(expected.stream().map(VideoFrame::frameSeq).toList());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).headerAndPayload()).isEqualTo(expected.get(i).headerAndPayload());
        }
    }

    @Test
    void framesOfEverySizeArriveByteForByte() {
        ServerProcess server = start();
        RegionWriter writer = RegionWriter.open(region.path());
        WsRecorder client = connect(server);
        server.http().awaitAttached();

        List<VideoFrame> sent = new ArrayList<>();
        // Around the limits of the three lengths of a WebSocket header (1 + 32 bytes come on top), and the largest.
        for (int size : new int[] {0, 1, 92, 93, 65_502, 65_503, 1_000_000, RegionWriter.DEFAULT_SIZE_BYTES - 48}) {
            sent.add(writer.keyframe(size));
            client.awaitVideo(sent.size());
        }

        assertSameFrames(client.video(), sent);
    }

    @Test
    void unknownCodecsAndFlagsPassThroughUnchanged() {
        ServerProcess server = start();
        RegionWriter writer = RegionWriter.open(region.path());
        WsRecorder client = connect(server);
        server.http().awaitAttached();

        List<VideoFrame> sent = new ArrayList<>();
        sent.add(writer.write(0xFF01, 0x7777, 50));
        client.awaitVideo(1);
        sent.add(writer.write(0x0002, 2, 50));
        client.awaitVideo(2);

        assertSameFrames(client.video(), sent);
    }

    @Test
    void theFirstMessageIsAKeyframe() {
        ServerProcess server = start(ServerProcess.builder().set("SDR_GOP_CACHE_BYTES", "0"));
        RegionWriter writer = RegionWriter.open(region.path());
        WsRecorder early = connect(server);
        server.http().awaitAttached();
        writer.keyframe(100);
        early.awaitVideo(1);

        WsRecorder late = connect(server);
        server.http().awaitClients(2);
        writer.delta(100);
        early.awaitVideo(2);
        assertThat(late.video()).isEmpty();
        VideoFrame keyframe = writer.keyframe(100);
        early.awaitVideo(3);

        assertSameFrames(late.awaitVideo(1), List.of(keyframe));
    }

    @Test
    void aJpegIsAKeyframeWhateverItsFlagAndViewersAreToldSo() {
        ServerProcess server = start();
        RegionWriter writer = RegionWriter.open(region.path());
        WsRecorder client = connect(server);
        server.http().awaitAttached();

        VideoFrame jpeg = writer.write(0, 3, 100);

        assertThat(jpeg.keyframe()).isFalse();
        assertSameFrames(client.awaitVideo(1), List.of(VideoFrame.of(jpeg.frameId(), jpeg.frameSeq(), VideoFrame.KEYFRAME, 3,
                jpeg.payload())));
    }

    @Test
    void aLateJoinerGetsTheGroupFromItsKeyframeAndThenLive() {
        ServerProcess server = start();
        RegionWriter writer = RegionWriter.open(region.path());
        WsRecorder early = connect(server);
        server.http().awaitAttached();
        writer.keyframe(3000);
        early.awaitVideo(1);
        List<VideoFrame> group = new ArrayList<>(List.of(writer.keyframe(3000)));
        early.awaitVideo(2);
        for (int i = 0; i < 10; i++) {
            group.add(writer.delta(300));
            early.awaitVideo(1 + group.size());
        }

        WsRecorder late = connect(server);
        late.awaitVideo(group.size());
        for (int i = 0; i < 5; i++) {
            group.add(writer.delta(300));
            early.awaitVideo(1 + group.size());
        }

        assertSameFrames(late.awaitVideo(group.size()), group);
    }

    @Test
    void aClientThatJoinsARunningStreamSeesNoGap() {
        // However busy the machine is, nobody lags: what arrives is to be compared.
        ServerProcess server = start(ServerProcess.builder().set("SDR_MAX_LATENCY_MS", "0").set("SDR_BROADCAST_CAPACITY", "1024"));
        WsRecorder early = connect(server);
        try (PythonWriter writer = PythonWriter.start(TestClip.seconds(4), region, "--loop")) {
            writer.awaitFirstFrame();
            early.awaitVideo(20);

            WsRecorder late = connect(server);

            List<VideoFrame> video = late.awaitVideo(60);
            assertThat(video.get(0).keyframe()).isTrue();
            early.awaitFrameFrom(video.get(video.size() - 1).frameId());
            // What the early one got is the measure: on a busy machine the reader itself may miss a frame.
            assertSameFrames(video, early.video().stream().filter(frame -> frame.frameId() >= video.get(0).frameId())
                    .limit(video.size()).toList());
        }
    }

    @Test
    void withoutGatingEveryFrameGoesToEveryClient() {
        ServerProcess server = start(ServerProcess.builder().set("SDR_KEYFRAME_GATING", "false"));
        RegionWriter writer = RegionWriter.open(region.path());
        WsRecorder client = connect(server);
        server.http().awaitAttached();

        VideoFrame delta = writer.delta(100);

        assertSameFrames(client.awaitVideo(1), List.of(delta));
    }

    @Test
    void aClientThatNeverGetsAKeyframeIsClosedWith4408() {
        ServerProcess server = start(ServerProcess.builder().set("SDR_IDR_TIMEOUT_MS", "500"));
        RegionWriter writer = RegionWriter.open(region.path());
        WsRecorder client = connect(server);
        server.http().awaitAttached();

        // Nothing flows: nobody is closed for that.
        assertThat(Await.holdsFor(Duration.ofMillis(1500), () -> client.closeCode().isEmpty())).isTrue();
        Await.until("closed for want of a keyframe", Deadlines.SOON, () -> {
            writer.delta(100);
            return client.closeCode().isPresent();
        });

        assertThat(client.closeCode()).hasValue(4408);
        assertThat(client.video()).isEmpty();
    }

    @Test
    void pagesOfOtherOriginsAreRefused() {
        ServerProcess server = start();
        Map<String, String> stranger = Map.of("Origin", "http://elsewhere.example");

        assertThat(WsRecorder.refused(server.stream(), stranger).statusCode()).isEqualTo(403);
        assertThat(server.http().send("GET", "/stream/ws", stranger).statusCode()).isEqualTo(403);
        connect(server.stream(), Map.of("Origin", "http://127.0.0.1:" + server.port()));
    }

    @Test
    void listedOriginsAreAccepted() {
        ServerProcess server = start(ServerProcess.builder()
                .set("SDR_ALLOWED_ORIGINS", "https://one.example,https://two.example:8443"));

        connect(server.stream(), Map.of("Origin", "https://one.example"));
        connect(server.stream(), Map.of("Origin", "https://two.example:8443"));
        assertThat(WsRecorder.refused(server.stream(), Map.of("Origin", "https://two.example")).statusCode())
                .isEqualTo(403);
    }

    @Test
    void aTokenIsAskedForWhenOneIsSet() {
        ServerProcess server = start(ServerProcess.builder().set("SDR_AUTH_TOKEN", "open-sesame"));

        assertThat(WsRecorder.refused(server.stream(), Map.of()).statusCode()).isEqualTo(401);
        assertThat(WsRecorder.refused(server.stream("?token=wrong"), Map.of()).statusCode()).isEqualTo(401);
        assertThat(WsRecorder.refused(server.stream(), Map.of("Authorization", "Bearer wrong")).statusCode())
                .isEqualTo(401);
        assertThat(server.http().get("/stream/ws").statusCode()).isEqualTo(401);
        assertThat(server.http().get("/stream/ws?token=open-sesame").statusCode()).isEqualTo(426);
        connect(server.stream("?token=open-sesame"), Map.of());
        connect(server.stream(), Map.of("Authorization", "Bearer open-sesame"));
        assertThat(server.process().output()).doesNotContain("open-sesame");
    }

    @Test
    void clientsBeyondTheLimitAreToldToComeBackLater() {
        ServerProcess server = start(ServerProcess.builder().set("SDR_MAX_CLIENTS", "1"));
        WsRecorder only = connect(server);
        server.http().awaitClients(1);

        HttpResponse<?> refusal = WsRecorder.refused(server.stream(), Map.of());
        assertThat(refusal.statusCode()).isEqualTo(503);
        assertThat(refusal.headers().firstValue("retry-after")).hasValueSatisfying(
                after -> assertThat(after).matches("\\d+"));
        assertThat(server.http().get("/stream/ws").statusCode()).isEqualTo(503);

        only.close();
        server.http().awaitClients(0);
        connect(server);
    }

    @Test
    void messagesFromClientsAreIgnoredUpTo64KiB() {
        ServerProcess server = start();
        WsRecorder client = connect(server);

        client.socket().sendBinary(ByteBuffer.allocate(65_536), true).join();
        client.socket().sendText("hello", true).join();
        Await.until("both counted", Deadlines.SOON,
                () -> server.http().metrics().sum("sdr_inbound_messages_total") >= 2);
        assertThat(client.closeCode()).isEmpty();

        client.socket().sendBinary(ByteBuffer.allocate(65_537), true);
        assertThat(client.awaitClose(Deadlines.SOON)).isEqualTo(1009);
    }

    @Test
    void shutdownClosesWith1001AndExits0UnderARunningStream() {
        ServerProcess server = start();
        List<WsRecorder> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(connect(server));
        }
        try (PythonWriter writer = PythonWriter.start(TestClip.seconds(4), region, "--loop")) {
            writer.awaitFirstFrame();
            clients.forEach(client -> client.awaitVideo(10));

            assertThat(server.stop()).isZero();

            assertThat(clients).allSatisfy(
                    client -> assertThat(client.awaitClose(Deadlines.SOON)).isEqualTo(1001));
            assertThat(clients).allSatisfy(client -> assertThat(client.video())
                    .as("every last message is whole")
                    .allSatisfy(frame -> assertThat(frame.payload()).hasSize((int) frame.sizeBytes())));
        }
    }
}
