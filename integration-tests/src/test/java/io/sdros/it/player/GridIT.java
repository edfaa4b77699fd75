package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NumberedClip;
import io.sdros.it.support.NumberedFrames;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.openqa.selenium.Keys;

/**
 * Several streams on one page, and the element that the page is made of. One server and one browser serve all tests; the
 * frames of arm.wrist end with one of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GridIT {

    private static final int FPS = 15;
    private static final List<String> NAMES = List.of("front", "arm.wrist", "rear");
    private static final Pattern OTHERS_ARE_SHOWN = Pattern.compile("2 of 3 live|1 of 3 live, 1 reduced");
    private static final int[][] WINDOWS = {{1280, 800}, {390, 844}};

    private static final String FACE = "[...document.querySelectorAll('sdr-player')].find(({ stream }) => stream === '%s')"
            + ".shadowRoot.querySelector('.overlay').innerText";

    // A tile that is cut off, or has not the shape of its picture, or is not where the window is.
    private static final String ILL_PLACED = """
            [...document.querySelectorAll('.tile')].map((tile) => tile.getBoundingClientRect())
              .filter(({ left, right, top, bottom, width, height }) => left < 0 || top < 0 || right > innerWidth || bottom > innerHeight
                || width < 100 || Math.abs(width / height - 16 / 9) > 0.03).map((box) => JSON.stringify(box))""";

    private final OpenResources opened = new OpenResources();
    private final List<NumberedFrames> writers = new ArrayList<>();
    private HttpServer dashboards;
    private ServerProcess server;
    private Browser browser;

    @BeforeAll
    void startThreeStreams() throws IOException {
        dashboards = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        opened.add(() -> dashboards.stop(0));
        dashboards.start();
        List<byte[]> clip = NumberedClip.h264(320, 192, 0, 2 * NumberedClip.GROUP);
        List<String> streams = new ArrayList<>();
        for (String name : NAMES) {
            TempRegion region = opened.add(TempRegion.create());
            writers.add(opened.add(NumberedFrames.start(RegionWriter.open(region.path()), clip, VideoFrame.H264, FPS)));
            streams.add(name + "=shm:" + region.path() + "?title=" + name + " camera");
        }
        server = opened.add(ServerProcess.builder().set("SDR_STREAMS", String.join(",", streams))
                .set("SDR_EMBED_ANCESTORS", dashboard("localhost").toString().replaceFirst("/$", "")).start());
        browser = opened.add(Browser.start());
    }

    @AfterAll
    void closeAll() {
        opened.close();
    }

    @Test
    void allAreShownEachTellsItsStateAndHiddenOnesHaveNoSocket() {
        browser.open(server.http("/"));
        awaitLive(NAMES.size());
        awaitViewers(1, 1, 1);
        for (int[] window : WINDOWS) {
            browser.size(window[0], window[1]);
            String size = window[0] + " x " + window[1];
            Await.until("tiles of their shape in " + size, Deadlines.SOON, () -> ((List<?>) browser.evaluate(ILL_PLACED)).isEmpty());
            assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth")).as(size).isEqualTo(true);
            browser.screenshot("grid-" + window[0]);
        }
        browser.size(WINDOWS[0][0], WINDOWS[0][1]);
        PageAudit.assertNoViolation(browser, "grid");

        writers.get(1).close();
        Await.until("the one whose writer is gone says so", Deadlines.SOON, () -> face("arm.wrist").contains("Not live")
                && face("arm.wrist").contains("The picture is"));
        // A busy machine may reduce one of them for a while.
        Await.until("the others do not", Deadlines.SOON, () -> OTHERS_ARE_SHOWN.matcher(browser.visibleText()).find());
        browser.screenshot("grid-one-stale");

        browser.press(Keys.ARROW_RIGHT);
        browser.press(Keys.END);
        Await.until("the last tile has the focus and says that it is shown", Deadlines.SOON,
                () -> browser.focused().getAttribute("aria-label").matches("rear camera: (Live|Reduced)\\..*"));
        browser.press(Keys.ENTER);
        Await.until("one is large", Deadlines.SOON, () -> "one live".equals(browser.evaluate("sdrPlayer.view + ' ' + sdrPlayer.state")));
        browser.await("location.search", "?stream=rear");
        Await.until("it is the right one", Deadlines.SOON, () -> browser.shownNumber() >= 0);
        // The first brings the telemetry; it keeps its socket.
        awaitViewers(1, 0, 1);

        browser.press(Keys.ESCAPE);
        browser.await("sdrPlayer.view + location.search", "grid");
        awaitViewers(1, 1, 1);
        awaitLive(2);
        assertThat(browser.console()).noneMatch(line -> line.contains("Uncaught"));
    }

    @Test
    void anElementThatIsMovedKeepsItsConnectionAndOneThatIsRemovedLeavesNothing() {
        browser.open(server.http("/?stream=front"));
        Await.until("live", Deadlines.SOON, () -> "live".equals(browser.evaluate("sdrPlayer.state")));
        browser.run("""
                window.made = document.createElement('sdr-player');
                Object.assign(made, { stream: 'rear', muted: true, label: 'Another' });
                made.style.cssText = 'position: fixed; inset: 0 auto auto 0; width: 320px; height: 180px; z-index: 9';
                window.places = [document.body, document.querySelector('main')];
                document.body.append(made);
                """);
        awaitMade("live");
        browser.run("window.client = made.client; for (let i = 0; i < 5; i++) places[i % 2].append(made);");
        assertThat(browser.evaluate("made.client === client && made.isConnected")).isEqualTo(true);
        awaitViewers(1, 0, 1);

        // Out and in again, over several turns, as a framework does that mounts twice.
        browser.evaluateLater("""
                const done = arguments[0];
                (async () => {
                  for (let i = 0; i < 3; i++) {
                    made.remove();
                    await new Promise((resume) => setTimeout(resume, 20));
                    document.body.append(made);
                    await new Promise((resume) => setTimeout(resume, 20));
                  }
                })().then(done);
                """);
        awaitMade("live");
        awaitViewers(1, 0, 1);
        browser.run("made.remove()");
        awaitViewers(1, 0, 0);
        assertThat(browser.evaluate("made.canvas")).isNull();
    }

    @Test
    void aStreamThatIsNotThereIsNamedInWords() {
        browser.open(server.http("/?stream=rea"));
        browser.awaitText("No such stream", "rear camera");
        browser.open(server.http("/?stream=rear"));
        browser.run("document.querySelector('.tile:not([hidden]) sdr-player').stream = 'gone'");
        Await.until("the page says so", Deadlines.SOON, () -> browser.visibleText().contains("The server has no stream of this name."));
    }

    @Test
    void onlyAPageThatMayDoesShowOneInAFrame() {
        byte[] page = ("<!doctype html><iframe width=400 height=300 src='" + server.http("/embed?stream=arm.wrist") + "'></iframe>")
                .getBytes(StandardCharsets.UTF_8);
        dashboards.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        browser.open(dashboard("127.0.0.1"));
        Await.until("the browser says why", Deadlines.SOON,
                () -> browser.console().stream().anyMatch(line -> line.contains("frame-ancestors")));
        awaitViewers(0, 0, 0);
        browser.open(dashboard("localhost"));
        awaitViewers(0, 1, 0);
        browser.screenshot("grid-framed");
    }

    private URI dashboard(String host) {
        return URI.create("http://" + host + ":" + dashboards.getAddress().getPort() + "/");
    }

    private void awaitLive(int tiles) {
        Await.until(tiles + " tiles live", Deadlines.SOON, () ->
                ((Number) browser.evaluate("sdrPlayer?.tiles.filter(({ state, why }) => state === 'live' || why === 'reduced').length ?? 0")).intValue() == tiles);
    }

    private void awaitMade(String state) {
        Await.until("the element is " + state, Deadlines.SOON, () -> state.equals(browser.evaluate("made.state.state")));
    }

    private String face(String stream) {
        return String.valueOf(browser.evaluate(FACE.formatted(stream)));
    }

    /** Of each stream, as the server counts them. */
    private void awaitViewers(Integer... expected) {
        Await.until("viewers " + List.of(expected), Deadlines.SOON, () -> List.of(expected).equals(viewers()));
    }

    private List<Integer> viewers() {
        return ((List<?>) server.http().json("/streams").get("streams")).stream()
                .map(stream -> ((Number) ((Map<?, ?>) stream).get("viewers")).intValue()).toList();
    }
}
