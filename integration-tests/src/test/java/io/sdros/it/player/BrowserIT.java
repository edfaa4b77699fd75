package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.MovingPicture;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.PythonWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.TestClip;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The player page in a real browser: what its canvas shows, not what a counter says. */
final class BrowserIT {

    private static final String CANVAS = "#picture";
    // Works for a property and for a function.
    private static final String STATE = "(p => p && (typeof p.state === 'function' ? p.state() : p.state))(window.sdrPlayer)";

    @Test
    void theDemoShowsAMovingPictureAndTelemetry() {
        try (ServerProcess demo = ServerProcess.builder().arguments("demo", "--streams", "1").start();
                Browser browser = Browser.start()) {
            browser.open(demo.http("/"));

            assertShowsMovingPicture(browser, "demo");
            Await.until("the page shows telemetry", Deadlines.SOON,
                    () -> browser.visibleText().contains("telemetry."));
            assertThat(demo.stop()).isZero();
        }
    }

    @Test
    void aWritersStreamIsShownAndComesBackAfterItsWriterDied() {
        try (TempRegion region = TempRegion.create();
                NatsProcess nats = NatsProcess.start();
                ServerProcess server =
                        ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url()).start();
                Browser browser = Browser.start()) {
            browser.open(server.http("/"));
            try (PythonWriter first = PythonWriter.start(TestClip.seconds(4), region, "--loop")) {
                assertShowsMovingPicture(browser, "writer");
                assertShowsTelemetry(browser, nats);
                first.kill();
            }
            try (PythonWriter second = PythonWriter.start(TestClip.seconds(4), region, "--loop")) {
                second.awaitFirstFrame();
                assertShowsMovingPicture(browser, "second-writer");
            }
        }
    }

    @Test
    void aPageThatMayNotConnectSaysSo() {
        try (TempRegion region = TempRegion.create();
                ServerProcess server =
                        ServerProcess.builder().region(region).set("SDR_AUTH_TOKEN", "secret").start();
                Browser browser = Browser.start()) {
            browser.open(server.http("/"));

            Await.until("the page is not live and names the reason", Deadlines.SOON, () ->
                    !isLive(browser) && browser.visibleText().toLowerCase().contains("token"));
        }
    }

    private static boolean isLive(Browser browser) {
        return "live".equalsIgnoreCase(String.valueOf(browser.evaluate(STATE)));
    }

    private static void assertShowsMovingPicture(Browser browser, String name) {
        Await.until("the page says live", Deadlines.SOON, () -> isLive(browser));
        MovingPicture.assertShown(browser, CANVAS, name);
    }

    private static void assertShowsTelemetry(Browser browser, NatsProcess nats) {
        try (NatsClient publisher = NatsClient.connect(nats)) {
            Map<String, String> values = Map.of("telemetry.it.one", "value-4711", "telemetry.it.two", "value-4712");
            Await.until("the page shows what was published", Deadlines.SOON, () -> {
                values.forEach(publisher::publish);
                String text = browser.visibleText();
                return values.entrySet().stream()
                        .allMatch(entry -> text.contains(entry.getKey()) && text.contains(entry.getValue()));
            });
        }
    }
}
