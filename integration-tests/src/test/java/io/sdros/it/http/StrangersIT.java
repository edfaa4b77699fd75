package io.sdros.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.Metrics;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.ProcessorTime;
import io.sdros.it.support.RawHttp;
import io.sdros.it.support.RawPeer;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.StallMeter;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WsRecorder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections that are no viewers and never will be, in numbers, beside a viewer who must not notice and others who ask
 * for /health, from the strangers' own address too. With the options that are shipped and a small heap.
 */
@Timeout(5 * 60)
final class StrangersIT {

    private static final int STRANGERS = Integer.getInteger("sdr.strangers", 2000);
    private static final Duration FRAME_INTERVAL = Duration.ofMillis(50);
    private static final Duration STAY = Duration.ofSeconds(4);
    private static final Duration BACK_TO_NORMAL = Duration.ofSeconds(2);
    private static final double FRAMES_SEEN = 0.95;
    /** Where the processors are the test's, and besides what the machine keeps threads waiting meanwhile. */
    private static final Duration HEALTH = Duration.ofSeconds(STRANGERS >= 10_000 ? 1 : 3);
    private static final String STRANGERS_OWN = "127.0.0.1";
    /**
     * One of so many who ask from the strangers' own address may go: those that have said nothing yet lose their place
     * to newer ones, and a machine that is busy with connecting them can keep a client from its hello for as long.
     */
    private static final int OWN_SHARE = 10;
    /** As many may stay, and some are still on their way in. */
    private static final int LEFT_IN_PEACE = 1024 + 100;

    private static final byte[] HALF_REQUEST =
            "GET /stream/ws HTTP/1.1\r\nHost: localhost\r\nX-Padding: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PIPELINE =
            "GET /sdr-client.js HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100).getBytes(StandardCharsets.US_ASCII);

    private static final byte[] HALF_CLIENT_HELLO = {
        0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, (byte) 0xfc, 0x03, 0x03, 0x00, 0x01, 0x02, 0x03
    };

    @TempDir
    private Path folder;
    private final OpenResources opened = new OpenResources();
    private final TempRegion region = opened.add(TempRegion.create());
    private final StallMeter stalls = opened.add(StallMeter.start());

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    private ServerProcess.Builder server(String... shell) {
        List<String> command = new ArrayList<>(List.of(shell));
        command.addAll(List.of(Tool.java(), "@" + Tool.repositoryFile("docs/deploy/jvm.options"), "-Xmx256m", "-jar",
                ServerProcess.jar().toString()));
        return ServerProcess.builder().region(region).command(command);
    }

    @ParameterizedTest
    @CsvSource({"half a request, 1", "half a request, 250", "pipelining, 1", "pipelining, 250"})
    void aViewerDoesNotNotice(String kind, int addresses) {
        ServerProcess server = opened.add(server().start());
        WsRecorder viewer = opened.add(WsRecorder.connect(server.stream(), Map.of()));
        attack(server, server.http()::metrics, viewer, kind.equals("pipelining") ? PIPELINE : HALF_REQUEST, addresses,
                List.of(opened.add(HealthWatch.plain(server.port(), STRANGERS_OWN)),
                        opened.add(HealthWatch.plain(server.port(), "127.9.9.9"))));
        Await.until("all but the last strangers have been cut", Deadlines.SOON,
                () -> server.http().metrics().sum("sdr_http_connections_cut_total") > STRANGERS - LEFT_IN_PEACE);
        assertThat(server.process().lines()).filteredOn(line -> line.contains("that was no viewer")).hasSizeBetween(1, 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 250})
    void aViewerDoesNotNoticeHalfHandshakes(int addresses) throws Exception {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        TlsIT.issue(certificate, key, "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1");
        SSLContext trust = TlsIT.trusting(TlsIT.read(certificate));
        ServerProcess server = opened.add(server().set("SDR_TLS_CERT_FILE", certificate.toString())
                .set("SDR_TLS_KEY_FILE", key.toString()).start());
        HttpClient client = HttpClient.newBuilder().sslContext(trust).version(HttpClient.Version.HTTP_1_1).build();
        WsRecorder viewer = opened.add(WsRecorder.connect(client,
                URI.create("wss://127.0.0.1:" + server.port() + "/stream/ws"), Map.of()));
        HttpRequest metrics = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + "/metrics"))
                .timeout(Deadlines.SOON).build();
        attack(server, () -> Metrics.parse(client.sendAsync(metrics, HttpResponse.BodyHandlers.ofString()).join().body()),
                viewer, HALF_CLIENT_HELLO, addresses,
                List.of(opened.add(HealthWatch.tls(server.port(), STRANGERS_OWN, trust)),
                        opened.add(HealthWatch.tls(server.port(), "127.9.9.9", trust))));
    }

    @Test
    void fewOpenFilesKeepNobodyFromBeingAnswered() {
        ServerProcess server = opened.add(server("prlimit", "--nofile=64").start());
        assertThat(server.process().awaitLine(Pattern.compile("At most (\\d+) viewers will be let in, not 1024"),
                Deadlines.SOON).group(1)).matches("[12]\\d");
        opened.add(SteadyVideo.start(RegionWriter.open(region.path()), FRAME_INTERVAL, 20_000));
        WsRecorder viewer = opened.add(WsRecorder.connect(server.stream(), Map.of()));
        viewer.awaitVideo(5);
        HealthWatch health = opened.add(HealthWatch.plain(server.port(), "127.9.9.9"));

        StrangerCrowd joining = opened.add(StrangerCrowd.start(server.port(), 100,
                RawPeer.handshake().getBytes(StandardCharsets.US_ASCII), false, List.of("127.0.0.1")));
        joining.awaitHere(Deadlines.SOON);
        long beganNanos = System.nanoTime();
        Await.pause(STAY.toNanos());
        assertThat(RawHttp.answer(server.port(), RawPeer.handshake())).startsWith("HTTP/1.1 503 ");
        HealthWatch.Seen seen = health.seen();
        assertThat(seen.failures()).isZero();
        assertThat(seen.slowest()).isLessThanOrEqualTo(HEALTH.plus(stalls.since(beganNanos)));
        joining.close();
        long closedNanos = System.nanoTime();
        Await.until("somebody can watch again", Deadlines.SOON,
                () -> RawHttp.answer(server.port(), RawPeer.handshake()).startsWith("HTTP/1.1 101 "));
        assertThat(Duration.ofNanos(System.nanoTime() - closedNanos))
                .isLessThanOrEqualTo(BACK_TO_NORMAL.plus(stalls.since(closedNanos)));
        assertThat(server.process().output()).doesNotContain("Too many open files").doesNotContain("accept");
    }

    private void attack(ServerProcess server, Supplier<Metrics> metrics, WsRecorder viewer, byte[] opening, int addresses,
            List<HealthWatch> watches) {
        SteadyVideo video = opened.add(SteadyVideo.start(RegionWriter.open(region.path()), FRAME_INTERVAL, 20_000));
        viewer.awaitVideo(20);
        List<String> from = new ArrayList<>();
        for (int i = 0; i < addresses; i++) {
            from.add("127.0.0." + (1 + i));
        }

        Beginning beginning = beginning(metrics, video, watches);
        StrangerCrowd strangers = opened.add(StrangerCrowd.start(server.port(), STRANGERS, opening, false, from));
        Await.pause(STAY.toNanos());
        assertNormal("while they are there", Set.of(STRANGERS_OWN), beginning, metrics, video, viewer, watches);

        strangers.close();
        Await.pause(BACK_TO_NORMAL.toNanos());
        beginning = beginning(metrics, video, watches);
        Await.pause(BACK_TO_NORMAL.toNanos());
        assertNormal("soon after they have gone", Set.of(), beginning, metrics, video, viewer, watches);
    }

    /** How things are when a time begins that is judged afterwards. */
    private record Beginning(long nanos, long frame, long unseen, ProcessorTime processors) {
    }

    private static Beginning beginning(Supplier<Metrics> metrics, SteadyVideo video, List<HealthWatch> watches) {
        watches.forEach(HealthWatch::seen);
        return new Beginning(System.nanoTime(), video.written(), unseen(metrics), ProcessorTime.now());
    }

    private static long unseen(Supplier<Metrics> metrics) {
        return (long) metrics.get().sum("sdr_frames_lost_total");
    }

    private void assertNormal(String when, Set<String> crowded, Beginning since, Supplier<Metrics> metrics, SteadyVideo video,
            WsRecorder viewer, List<HealthWatch> watches) {
        long last = video.written();
        List<HealthWatch.Seen> health = watches.stream().map(HealthWatch::seen).toList();
        Duration stalled = stalls.since(since.nanos);
        double left = ProcessorTime.now().leftSince(since.processors);
        // The last ones are still on their way, and what replaced them in the region's one slot stands for what is lost.
        Await.until("a frame after number " + last, Deadlines.SOON,
                () -> viewer.video().stream().anyMatch(frame -> frame.frameSeq() > last));
        long unseen = unseen(metrics) - since.unseen;
        long written = last - since.frame;
        long seen = viewer.video().stream().mapToLong(VideoFrame::frameSeq)
                .filter(seq -> seq > since.frame && seq <= last).count();
        System.out.printf("%s: %d of %d frames, %d not seen by the server, %s, machine stalled %s and left %.0f %%%n",
                when, seen, written, unseen, health, stalled, 100 * left);
        assertThat(seen).as("of %d frames %s, of which the server did not see %d; other programs left %.2f of the processors",
                written, when, unseen, left).isGreaterThanOrEqualTo((long) Math.ceil(FRAMES_SEEN * left * (written - unseen)));
        assertThat(health).as("/health " + when).allSatisfy(asked -> {
            assertThat(asked.failures()).isLessThanOrEqualTo(crowded.contains(asked.from()) ? asked.answers() / OWN_SHARE : 0);
            assertThat(asked.answers()).isPositive();
            assertThat(asked.slowest()).isLessThanOrEqualTo(stalled.plus(Duration.ofNanos((long) (HEALTH.toNanos() / left))));
        });
    }
}
