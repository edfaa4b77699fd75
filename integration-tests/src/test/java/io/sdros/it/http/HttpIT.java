package io.sdros.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.HttpProbe;
import io.sdros.it.support.Metrics;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WsRecorder;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP side of a server. Most questions leave it as it was: they share one that never has a frame. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HttpIT {

    /** What is counted according to the contract. */
    private static final String[] FAMILIES = {
        "sdr_frames_read_total", "sdr_frames_lost_total", "sdr_read_failures_total", "sdr_attaches_total",
        "sdr_writer_restarts_total", "sdr_clients", "sdr_clients_accepted_total", "sdr_clients_closed_total",
        "sdr_video_messages_sent_total", "sdr_video_sent_bytes_total", "sdr_frames_dropped_total",
        "sdr_lag_events_total", "sdr_keyframe_requests_total", "sdr_frame_size_bytes",
        "sdr_commit_to_socket_delay_seconds", "sdr_telemetry_received_total", "sdr_telemetry_sent_total",
        "sdr_telemetry_dropped_total", "sdr_nats_connected", "sdr_build_info", "jvm_threads_current",
        "process_cpu_seconds_total"};

    private static final Pattern SCRIPT = Pattern.compile("<script[^>]*\\ssrc=\"([^\"]+)\"");
    private static final Pattern IMPORT = Pattern.compile("(?:from|import)\\s*\\(?['\"](\\.{0,2}/[^'\"]+)['\"]");

    private final OpenResources opened = new OpenResources();
    private final ServerProcess server = opened.add(start(opened.add(TempRegion.create())));
    private final HttpProbe http = server.http();

    @AfterAll
    void stopServer() {
        opened.close();
    }

    private static ServerProcess start(TempRegion region) {
        return ServerProcess.builder().region(region).set("SDR_READY_MAX_AGE_MS", "1000").start();
    }

    @Test
    void healthIsOkBeforeAndAfterTheFirstFrame() {
        try (TempRegion region = TempRegion.create(); ServerProcess own = start(region)) {
            Map<String, Object> before = own.http().json("/health");
            assertThat(before).containsEntry("status", "ok").containsKeys("clients", "shm_seq", "last_frame_age_ms", "uptime_s");
            assertThat(before.get("last_frame_age_ms")).isNull();
            assertThat(((Number) before.get("clients")).intValue()).isZero();
            assertThat(((Number) before.get("uptime_s")).doubleValue()).isNotNegative();
            assertThat(own.http().get("/health").headers().firstValue("content-type")).hasValueSatisfying(
                    type -> assertThat(type).startsWith("application/json"));

            RegionWriter writer = RegionWriter.open(region.path());
            own.http().awaitAttached();
            VideoFrame frame = writer.keyframe(5000);

            own.http().awaitShmSequence(frame.frameSeq());
            Map<String, Object> after = own.http().json("/health");
            assertThat(after).containsEntry("status", "ok");
            assertThat(((Number) after.get("last_frame_age_ms")).longValue()).isNotNegative();
            assertThat(own.http().get("/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void readyOnlyWhileFramesAreYoung() {
        try (TempRegion region = TempRegion.create(); ServerProcess own = start(region)) {
            HttpResponse<String> before = own.http().get("/ready");
            assertThat(before.statusCode()).isEqualTo(503);
            assertThat(HttpProbe.json(before)).as("JSON that says why").isNotEmpty();

            RegionWriter writer = RegionWriter.open(region.path());
            Await.until("ready while frames come", Deadlines.SOON, () -> {
                writer.keyframe(100);
                return own.http().get("/ready").statusCode() == 200;
            });

            Await.until("not ready any more", Deadlines.SOON, () -> own.http().get("/ready").statusCode() == 503);
            assertThat(HttpProbe.json(own.http().get("/ready"))).isNotEmpty();
            assertThat(own.http().get("/health").statusCode()).as("alive all the same").isEqualTo(200);
        }
    }

    @Test
    void metricsAreOfThePrometheusTextFormat() {
        try (TempRegion region = TempRegion.create(); ServerProcess own = start(region);
                WsRecorder client = WsRecorder.connect(own)) {
            RegionWriter writer = RegionWriter.open(region.path());
            own.http().awaitAttached();
            writer.keyframe(5000);
            client.awaitVideo(1);

            HttpResponse<String> page = own.http().get("/metrics");

            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("content-type")).hasValueSatisfying(
                    type -> assertThat(type).matches("text/plain; ?version=0\\.0\\.4.*"));
            Metrics metrics = Metrics.parse(page.body());
            assertThat(metrics.types()).containsKeys(FAMILIES);
            metrics.types().forEach((name, type) -> assertThat(name.endsWith("_total")).as(name + " " + type)
                    .isEqualTo(type.equals("counter")));
            assertThat(metrics.types()).containsEntry("sdr_frame_size_bytes", "histogram")
                    .containsEntry("sdr_commit_to_socket_delay_seconds", "histogram");
            assertThat(metrics.sum("sdr_frames_read_total")).isEqualTo(1);
            assertThat(metrics.sum("sdr_clients")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/metrics", "/"})
    void headAnswersLikeGetWithoutABody(String path) {
        HttpResponse<String> get = http.get(path);
        HttpResponse<String> head = http.send("HEAD", path, Map.of());

        assertThat(head.statusCode()).isEqualTo(get.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("content-type")).isEqualTo(get.headers().firstValue("content-type"));
        assertThat(head.body()).isEmpty();
    }

    @Test
    void headOfReadySaysNotReady() {
        assertThat(http.send("HEAD", "/ready", Map.of()).statusCode()).isEqualTo(503);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/ready", "/metrics", "/", "/stream/ws"})
    void otherMethodsAreNotAllowed(String path) {
        for (String method : new String[] {"POST", "PUT", "DELETE", "PATCH"}) {
            HttpResponse<String> response = http.send(method, path, Map.of());
            assertThat(response.statusCode()).as(method + " " + path).isEqualTo(405);
            assertThat(response.headers().firstValue("allow")).hasValueSatisfying(
                    allow -> assertThat(allow).contains("GET"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/health/", "/stream", "/%2e%2e/etc/passwd", "/io/sdros/server/Main.class",
        "/META-INF/MANIFEST.MF"})
    void unknownPathsAreNotFound(String path) {
        assertThat(http.get(path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/ready", "/metrics", "/", "/nothing"})
    void everyAnswerHasSecurityHeaders(String path) {
        HttpResponse<String> response = http.get(path);

        assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
        assertThat(response.headers().firstValue("referrer-policy")).isPresent();
    }

    @Test
    void thePageIsFencedIn() {
        HttpResponse<String> page = http.get("/");

        assertThat(page.headers().firstValue("content-security-policy")).hasValueSatisfying(
                policy -> assertThat(policy).contains("default-src").contains("frame-ancestors"));
    }

    @Test
    void thePlayerPageAndEveryModuleItLoadsAreServed() {
        HttpResponse<String> page = http.get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type")).hasValueSatisfying(
                type -> assertThat(type).startsWith("text/html"));
        assertThat(page.body()).contains("id=\"picture\"");

        Set<String> seen = new HashSet<>();
        Matcher scripts = SCRIPT.matcher(page.body());
        while (scripts.find()) {
            assertModuleServed(server.http("/").resolve(scripts.group(1)).getPath(), seen);
        }
        assertThat(seen).as("the page's script and the client module beside it").hasSizeGreaterThanOrEqualTo(2);
    }

    private void assertModuleServed(String path, Set<String> seen) {
        if (!seen.add(path)) {
            return;
        }
        HttpResponse<String> module = http.get(path);
        assertThat(module.statusCode()).as(path).isEqualTo(200);
        assertThat(module.headers().firstValue("content-type")).hasValueSatisfying(
                type -> assertThat(type).startsWith("text/javascript"));
        Matcher imports = IMPORT.matcher(module.body());
        while (imports.find()) {
            assertModuleServed(server.http(path).resolve(imports.group(1)).getPath(), seen);
        }
    }

    @Test
    void aPlainGetOfTheStreamAsksForAnUpgrade() {
        HttpResponse<String> response = http.get("/stream/ws");

        assertThat(response.statusCode()).isEqualTo(426);
        assertThat(response.headers().firstValue("upgrade")).hasValueSatisfying(
                upgrade -> assertThat(upgrade).isEqualToIgnoringCase("websocket"));
    }
}
