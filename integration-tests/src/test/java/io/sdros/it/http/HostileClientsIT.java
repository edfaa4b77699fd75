package io.sdros.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.Metrics;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawHttp;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WsRecorder;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that only want to do harm, beside a viewer that must not notice. */
@Timeout(10 * 60) // servers one after another, and waits that the contract sets
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileClientsIT {

    private static final int REFUSALS = 500;
    private static final int REFUSALS_PER_SECOND = 100;
    private static final Duration FRAME_INTERVAL = Duration.ofMillis(33);

    private final OpenResources opened = new OpenResources();
    private final TempRegion region = opened.add(TempRegion.create());
    private ServerProcess server;
    private WsRecorder viewer;
    private SteadyVideo video;

    @BeforeAll
    void watch() {
        // So generous that a busy machine makes nobody lag: what is dropped then is the hostile ones' doing.
        server = opened.add(ServerProcess.builder().region(region).set("SDR_AUTH_TOKEN", "s3cret")
                .set("SDR_MAX_LATENCY_MS", "5000").set("SDR_BROADCAST_CAPACITY", "256").start());
        video = opened.add(SteadyVideo.start(RegionWriter.open(region.path()), FRAME_INTERVAL, 100));
        viewer = opened.add(WsRecorder.connect(server.stream("?token=s3cret"), Map.of()));
        viewer.awaitVideo(1);
    }

    @AfterAll
    void closeEverything() {
        opened.close();
    }

    @Test
    void refusedHandshakesCostTheViewerNothingAndDoNotFloodTheLog() {
        double before = server.http().metrics().sum("sdr_clients_refused_total");
        long begunNanos = System.nanoTime();
        for (int i = 0; i < REFUSALS; i++) {
            boolean badOrigin = i % 2 == 0;
            assertThat(RawHttp.answer(server.port(), handshake(badOrigin ? "?token=s3cret" : "?token=wrong" + i,
                    badOrigin ? "Origin: http://evil.example\r\n" : "")))
                    .startsWith(badOrigin ? "HTTP/1.1 403 " : "HTTP/1.1 401 ");
            long dueNanos = begunNanos + (i + 1) * (1_000_000_000L / REFUSALS_PER_SECOND);
            Await.pause(dueNanos - System.nanoTime());
        }
        assertEverybodyElseIsServed("after " + REFUSALS + " refusals");
        assertNoFrameLost();
        Metrics metrics = server.http().metrics();
        assertThat(metrics.sum("sdr_clients_refused_total") - before).isEqualTo(REFUSALS);
        List<String> lines = server.process().lines();
        assertThat(lines).filteredOn(line -> line.contains("Refused a viewer at 127.0.0.1")).isNotEmpty()
                .as("one line per reason and 10 s").hasSizeLessThan(30)
                .anySatisfy(line -> assertThat(line).contains("\"http://evil.example\""))
                .anySatisfy(line -> assertThat(line).contains("missing or wrong token"));
        assertThat(String.join("\n", lines)).as("tokens, right or wrong").doesNotContain("wrong1").doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/%252e%252e/etc/passwd",
        "/..\\..\\etc\\passwd", "/%5c..%5c..%5cetc%5cpasswd", "/player.js%00.html", "/player.js\u0000", "/%c0%ae%c0%ae/etc/passwd",
        "/./player.js", "//player.js", "/player.js/", "/player.js/../../etc/passwd", "/player.js;x=/../..", "/web/player.js",
        "/META-INF/MANIFEST.MF", "/module-info.class", "/io/sdros/server/web/player.js", "/proc/self/environ", "file:///etc/passwd"})
    void onlyTheFilesOfThePageAreServed(String path) {
        String answer = RawHttp.answer(server.port(), "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer).matches("(?s)(HTTP/1\\.1 (400|404) .*|)").doesNotContain("root:");
        assertThat(server.process().output()).doesNotContain("Exception");
        assertEverybodyElseIsServed("after " + path);
    }

    @Test
    void endlessHeadersAreCut() {
        String start = "GET / HTTP/1.1\r\nHost: localhost\r\n";
        assertThat(RawHttp.answer(server.port(), start + "X: " + "a".repeat(100_000) + "\r\n\r\n")).doesNotContain(" 200 ");
        assertThat(RawHttp.answer(server.port(), start + "X: a\r\n".repeat(1000) + "\r\n")).doesNotContain(" 200 ");
        assertThat(RawHttp.answer(server.port(), "GET /?" + "a=b&".repeat(50_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .doesNotContain(" 200 ");
        assertEverybodyElseIsServed("after endless headers");
        assertNoFrameLost();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/player.js", "/health", "/ready", "/metrics", "/nothing", "/stream/ws", "/stream/ws?token=s3cret"})
    void everyAnswerIsFencedIn(String path) {
        for (String method : new String[] {"GET", "HEAD", "POST"}) {
            HttpResponse<String> answer = server.http().send(method, path, Map.of());
            assertThat(answer.headers().firstValue("x-content-type-options")).as(method + " " + path).hasValue("nosniff");
            assertThat(answer.headers().firstValue("referrer-policy")).hasValue("no-referrer");
            assertThat(answer.headers().firstValue("content-security-policy")).hasValueSatisfying(policy ->
                    assertThat(policy).startsWith("default-src 'none'").contains("frame-ancestors")
                            .doesNotContain("unsafe").doesNotContain("*").doesNotContain("data:").doesNotContain("http:"));
        }
        assertThat(server.http().get("/").headers().firstValue("content-security-policy").orElseThrow())
                .contains("connect-src 'self' ws://127.0.0.1:" + server.port() + " wss://127.0.0.1:" + server.port() + ";");
        assertThat(RawHttp.answer(server.port(), "GET / HTTP/1.1\r\nHost: a'b;script-src\r\nConnection: close\r\n\r\n"))
                .as("nothing from the Host header gets into the policy").doesNotContain("a'b");
    }

    private void assertEverybodyElseIsServed(String when) {
        int before = viewer.video().size();
        assertThat(server.http().get("/health").statusCode()).as(when).isEqualTo(200);
        try (WsRecorder another = WsRecorder.connect(server.stream("?token=s3cret"), Map.of())) {
            another.awaitVideo(3);
        }
        viewer.awaitVideo(before + 3);
        assertThat(viewer.closeCode()).as(when).isEmpty();
    }

    /** The viewer has every frame that the reader got; what the reader did not get, the machine was too busy for. */
    private void assertNoFrameLost() {
        long last = video.written();
        Await.until("the viewer has frame " + last, Deadlines.SOON,
                () -> viewer.video().get(viewer.video().size() - 1).frameSeq() >= last);
        Metrics metrics = server.http().metrics();
        assertThat(metrics.sum("sdr_frames_dropped_total")).as("dropped for anybody").isZero();
        List<VideoFrame> frames = viewer.video();
        long span = frames.get(frames.size() - 1).frameSeq() - frames.get(0).frameSeq() + 1;
        assertThat(span - frames.size()).as("gaps the viewer saw").isLessThanOrEqualTo((long) metrics.sum("sdr_frames_lost_total"));
    }

    private static String handshake(String query, String headers) {
        return "GET /stream/ws" + query + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n" + headers + "\r\n";
    }
}
