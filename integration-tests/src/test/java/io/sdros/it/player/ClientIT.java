package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.GlassProbe;
import io.sdros.it.support.NumberedClip;
import io.sdros.it.support.NumberedFrames;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WorkDirectory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client module as pages of other people use it, and misuse it. */
final class ClientIT {

    private static final int FPS = 20;
    private static final Duration WATCHED = Duration.ofSeconds(3);
    /** The client's own default: a picture that nothing follows for so long is called stale. */
    private static final Duration STALE_AFTER = Duration.ofMillis(500);
    private static final Duration WORKER_GIVEN_UP = Duration.ofSeconds(30);

    // window.make(options) makes a client and notes what it says.
    private static final String IMPORT = """
            const done = arguments[0];
            window.workers = [];
            // Those that are used from now on: clients share the one that the page's player may have had before.
            const post = Worker.prototype.postMessage;
            Worker.prototype.postMessage = function (...details) {
              if (!window.workers.includes(this)) window.workers.push(this);
              post.call(this, ...details);
            };
            window.closes = 0;
            const close = VideoFrame.prototype.close;
            VideoFrame.prototype.close = function () { window.closes++; close.call(this); };
            window.newCanvas = () => document.body.appendChild(document.createElement('canvas'));
            import('/sdr-client.js').then(({ SdrClient }) => {
              window.make = (options) => {
                const client = new SdrClient(options);
                client.states = [];
                client.errors = [];
                client.addEventListener('state', ({ detail }) => client.states.push(`${detail.state}/${detail.why}`));
                client.addEventListener('error', ({ detail }) => client.errors.push(detail.why));
                client.start();
                return client;
              };
              done(true);
            });
            """;

    private final OpenResources opened = new OpenResources();
    private TempRegion region;
    private ServerProcess server;

    @BeforeEach
    void startServer() {
        region = opened.add(TempRegion.create());
        server = opened.add(ServerProcess.builder().region(region).start());
    }

    @AfterEach
    void closeAll() {
        opened.close();
    }

    @Test
    void whatNobodyTakesIsClosed() {
        Browser browser = page(server.http("/"));
        play(NumberedClip.h264(320, 192, 0, 60));
        browser.run("window.client = make({})");
        Await.until("pictures were delivered", Deadlines.SOON, () -> number(browser, "client.statistics?.framesPainted ?? 0") > 2 * FPS);
        long left = number(browser, "client.statistics.framesPainted - window.closes");
        assertThat(left).isLessThanOrEqualTo(FPS / 4 + 2);
    }

    @Test
    void whoeverTakesAPictureHasItUntilHeClosesIt() {
        Browser browser = page(server.http("/"));
        play(NumberedClip.h264(320, 192, 0, 60));
        browser.run("""
                window.taken = [];
                window.client = make({});
                client.addEventListener('frame', ({ detail }) => { if (taken.length < 5) taken.push(detail.picture); });
                """);
        Await.until("later ones came", Deadlines.SOON, () -> number(browser, "client.statistics?.framesPainted ?? 0") > FPS);
        assertThat(browser.evaluate("taken.map((picture) => picture.displayWidth).join()")).isEqualTo("320,320,320,320,320");
    }

    @Test
    void aDrawingThatFailsLeavesNoPictureOpen() {
        Browser browser = page(server.http("/"));
        play(NumberedClip.h264(320, 192, 0, 60));
        browser.run("""
                window.draw = CanvasRenderingContext2D.prototype.drawImage;
                CanvasRenderingContext2D.prototype.drawImage = () => { throw new Error('no'); };
                window.client = make({ canvas: newCanvas(), worker: false });
                """);
        Await.until("some failed", Deadlines.SOON, () -> number(browser, "client.statistics?.framesDropped.error ?? 0") > FPS);
        assertThat(number(browser, "client.statistics.framesDecoded - window.closes")).isLessThanOrEqualTo(FPS / 4 + 2);
        browser.await("client.state.why", "canvas-in-use");
        browser.run("CanvasRenderingContext2D.prototype.drawImage = window.draw");
        awaitState(browser, "live/live");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSecondClientOnACanvasIsToldAndTheNextAfterCloseIsNot(boolean worker) {
        Browser browser = page(server.http("/"));
        play(NumberedClip.h264(320, 192, 0, 60));
        browser.run("window.canvas = newCanvas(); window.client = make({ canvas, worker: " + worker + " })");
        awaitState(browser, "live/live");
        browser.run("window.second = make({ canvas, worker: " + worker + " })");
        Await.until("the second is told", Deadlines.SOON, () -> "canvas-in-use".equals(browser.evaluate("second.errors.join()"))
                && "failed/canvas-in-use".equals(browser.evaluate("second.states.join()")));
        awaitState(browser, "live/live");

        browser.run("second.close(); client.close(); window.old = client; window.client = make({ canvas, worker: " + worker + " })");
        assertThat(browser.evaluate("old.state.state + '/' + old.state.why")).isEqualTo("stopped/closed");
        awaitState(browser, "live/live");
        assertThat(browser.evaluate("client.states[0]")).as("not what was said for the one before").isEqualTo("connecting/connecting");
        assertThat(browser.console()).noneMatch(line -> line.contains("Uncaught"));
    }

    @Test
    void aCanvasSurvivesAComponentThatIsPutUpTwice() {
        Browser browser = page(server.http("/"));
        play(NumberedClip.h264(320, 192, 0, 60));
        browser.run("""
                window.canvas = newCanvas();
                const first = make({ canvas });
                first.close();
                window.client = make({ canvas });
                """);
        awaitState(browser, "live/live");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void startIsNoReconnectAndStoppedIsNotTheFirstState(boolean worker) {
        Browser browser = page(server.http("/"));
        play(NumberedClip.h264(320, 192, 0, 60));
        browser.run("window.client = make({ canvas: newCanvas(), worker: " + worker + " })");
        awaitState(browser, "live/live");
        browser.run("client.start(); client.start()");
        Await.until("figures", Deadlines.SOON, () -> number(browser, "client.statistics?.framesReceived ?? 0") > 0);
        long received = number(browser, "client.statistics.framesReceived");
        Await.until("it went on", Deadlines.SOON, () -> number(browser, "client.statistics.framesReceived") > received + FPS);
        assertThat(number(browser, "client.statistics.connects")).isEqualTo(1);
        assertThat(browser.evaluate("client.states[0]")).isEqualTo("connecting/connecting");
        browser.run("client.close()");
        assertThat(browser.evaluate("client.state.state + '/' + client.state.why")).isEqualTo("stopped/closed");
    }

    @Test
    void whatWasPausedIsNoLossAndIsNotStaleAfterwards() {
        Browser browser = page(server.http("/"));
        play(NumberedClip.h264(320, 192, 0, 60));
        browser.run("window.client = make({ canvas: newCanvas() })");
        awaitState(browser, "live/live");
        Await.until("figures", Deadlines.SOON, () -> number(browser, "client.statistics?.framesPainted ?? 0") > FPS / 2);
        browser.run("window.before = { ...client.statistics.framesDropped }; client.pause()");
        awaitState(browser, "paused/paused");
        assertThat(Await.holdsFor(WATCHED, () -> "paused".equals(browser.evaluate("client.state.state")))).isTrue();
        // Old by what came before the pause: said before a picture could be old by what comes after it.
        browser.run("""
                window.alarms = [];
                const resumedAt = performance.now();
                client.addEventListener('state', ({ detail }) => {
                  const afterMs = performance.now() - resumedAt;
                  if (detail.state === 'stale' && afterMs < %d) alarms.push(`${detail.why} after ${afterMs} ms`);
                });
                client.resume();
                """.formatted(STALE_AFTER.toMillis()));
        awaitState(browser, "live/live");
        assertThat(browser.evaluate("alarms.join()")).isEqualTo("");
        long received = number(browser, "client.statistics.framesReceived");
        Await.until("told", Deadlines.SOON, () -> number(browser, "client.statistics.framesReceived") > received + FPS / 2);
        assertThat(browser.evaluate("['late', 'error', 'gap'].map((kind) => client.statistics.framesDropped[kind]"
                + " - before[kind]).join()")).isEqualTo("0,0,0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatTheContentSecurityPolicyForbidsIsNamed(boolean worker) {
        ServerProcess other = opened.add(ServerProcess.builder().region(region).set("SDR_ALLOWED_ORIGINS", "*").start());
        Browser browser = page(server.http("/"));
        browser.run("window.client = make({ url: '" + other.stream() + "', worker: " + worker + " })");
        Await.until("it is named", Deadlines.SOON, () -> "blocked-by-csp".equals(browser.evaluate("client.errors.join()")));
        assertThat(browser.evaluate("client.state.state")).isEqualTo("failed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anUnencryptedSocketOnAnEncryptedPageIsNamed(boolean worker) {
        Path key = WorkDirectory.newFile("client", ".key");
        Path certificate = WorkDirectory.newFile("client", ".crt");
        ChildProcess.run("openssl", List.of("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", "1", "-subj", "/CN=robot.lan", "-keyout", key.toString(), "-out", certificate.toString()),
                Map.of(), Deadlines.START);
        ServerProcess secure = opened.add(ServerProcess.builder().region(region)
                .set("SDR_TLS_CERT_FILE", certificate.toString()).set("SDR_TLS_KEY_FILE", key.toString()).start());
        Browser browser = page(secure.http("/"), "--ignore-certificate-errors", "--host-resolver-rules=MAP robot.lan 127.0.0.1");
        browser.run("window.client = make({ url: 'ws://robot.lan:" + server.port() + "/stream/ws', worker: " + worker + " })");
        Await.until("it is named", Deadlines.SOON, () -> "mixed-content".equals(browser.evaluate("client.errors.join()")));
        assertThat(browser.evaluate("client.state.state")).isEqualTo("failed");
        assertThat(browser.evaluate("client.state.message")).asString().contains("https");
    }

    @Test
    void aWorkerThatSaysNothingAnyMoreIsNoticed() {
        Browser browser = page(server.http("/"));
        play(NumberedClip.h264(320, 192, 0, 60));
        browser.run("window.client = make({ canvas: newCanvas() })");
        awaitState(browser, "live/live");
        browser.run("window.workers.at(-1).terminate()");
        Await.until("noticed", WORKER_GIVEN_UP, () -> "worker-hung".equals(browser.evaluate("client.errors.join()")));
        assertThat(browser.evaluate("client.state.state + client.state.pictureOld")).isEqualTo("failedtrue");
    }

    @Test
    void picturesWithBFramesAreShownInOrderAndNoneIsLost() {
        Browser browser = page(server.http("/"));
        browser.run("window.client = make({})");
        NumberedFrames frames = play(NumberedClip.h264WithBFrames(320, 192, 0, 120));
        Await.until("it is said", Deadlines.SOON, () -> Boolean.TRUE.equals(browser.evaluate("client.statistics?.bFrames")));
        GlassProbe probe = GlassProbe.start(browser, true);
        Await.pause(Duration.ofSeconds(6).toNanos());
        List<Integer> shown = probe.stop().numbers().stream().map(GlassProbe.Sighting::value).toList();

        int[] seen = new int[3];
        long passed = 0;
        for (int i = 1; i < shown.size(); i++) {
            int step = Math.floorMod(shown.get(i) - shown.get(i - 1), 120);
            assertThat(step).as("after " + shown.get(i - 1) + " comes " + shown.get(i)).isBetween(1, 60);
            seen[shown.get(i) % 3]++;
            passed += step;
        }
        // Those that others refer to, each third, were never shown; a busy machine passes over some of all kinds.
        assertThat(passed).isGreaterThan(60);
        for (int count : seen) {
            assertThat(count).as("of " + passed / 3).isGreaterThan((int) (passed / 6));
        }
        assertThat(number(browser, "Math.round(client.statistics.reorderDelayMs)")).isBetween(60L, 200L);
        assertThat(number(browser, "client.statistics.framesDropped.error")).isZero();
        assertThat(frames.newest()).isPositive();
    }

    private Browser page(URI address, String... switches) {
        Browser browser = opened.add(Browser.start(switches));
        browser.open(address);
        assertThat(browser.evaluateLater(IMPORT)).isEqualTo(true);
        return browser;
    }

    private NumberedFrames play(List<byte[]> clip) {
        return opened.add(NumberedFrames.start(RegionWriter.open(region.path()), clip, VideoFrame.H264, FPS));
    }

    private static long number(Browser browser, String expression) {
        return ((Number) browser.evaluate(expression)).longValue();
    }

    private static void awaitState(Browser browser, String state) {
        Await.until("the client is " + state, Deadlines.SOON, () ->
                state.equals(browser.evaluate("`${client.state.state}/${client.state.why}`")));
    }
}
