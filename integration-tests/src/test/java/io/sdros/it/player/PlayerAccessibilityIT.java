package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.PythonWriter;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.TestClip;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WsRecorder;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Each state of the player page: what it says, that everybody can read it, and that it asks nobody but its server. */
final class PlayerAccessibilityIT {

    private static final int MANY_PIECES = 200;
    /** They make a tree. */
    private static final int MANY_SUBJECTS = 30;
    private static final int CODEC_WITHOUT_NAME = 9;

    @Test
    void liveWithAndWithoutTelemetryAndPaused() {
        try (ServerProcess demo = ServerProcess.builder().arguments("demo", "--streams", "1").start(); Browser browser = Browser.start()) {
            PageAudit.assertPolicyAllowsOnly(demo.http().get("/").headers().firstValue("Content-Security-Policy")
                    .orElseThrow(), demo.http("/"));
            open(browser, demo, "live");
            showPanel(browser, true);
            browser.awaitText("telemetry.demo.pose");
            awaitElement(browser, ".trend:not([hidden])");
            browser.run("document.querySelector('.tool[aria-label^=\"Curves of\"]').click()");
            browser.awaitText("Curves of telemetry.demo.battery");
            PageAudit.assertGood(browser, "telemetry");
            browser.run("const f = document.querySelector('#filter'); f.value = 'xyz'; f.dispatchEvent(new Event('input'))");
            browser.awaitText("No subject matches the filter.");
            PageAudit.assertGood(browser, "filtered");
            showPanel(browser, false);
            PageAudit.assertGood(browser, "live");
            browser.run("document.querySelector('#pause').click()");
            browser.awaitText("The picture is");
            browser.awaitText("Paused");
            assertThat(browser.visibleText()).doesNotContain("Not live");
            PageAudit.assertGood(browser, "paused");
        }
    }

    @Test
    void withoutVideoWithTelemetryThatHasToBeScrolledAndWithVideoThatCannotBePlayed() {
        try (TempRegion region = TempRegion.create();
                NatsProcess nats = NatsProcess.start();
                ServerProcess server = ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url()).start();
                Browser browser = Browser.start()) {
            open(browser, server, "waiting");
            showPanel(browser, true);
            browser.awaitText("No video is coming from the robot.");
            try (NatsClient publisher = NatsClient.connect(nats)) {
                String list = "[" + "1234567,".repeat(MANY_PIECES) + "0]";
                Await.until("telemetry is shown", Deadlines.SOON, () -> {
                    publisher.publish("telemetry.it.a.list", "{\"list\": " + list + "}");
                    for (int i = 0; i < MANY_SUBJECTS; i++) {
                        publisher.publish("telemetry.it.b.n" + i, "1");
                    }
                    return browser.visibleText().contains(MANY_SUBJECTS + " subjects");
                });
            }
            browser.run("document.querySelector('#subjects .fold').click()");
            awaitElement(browser, ".tool[aria-label^='All of']:not([hidden])");
            browser.run("document.querySelector('.tool[aria-label^=\"All of\"]').click()");
            awaitElement(browser, ".value[tabindex]");
            browser.awaitText("NATS connected");
            PageAudit.assertGood(browser, "no video");
            nats.kill();
            browser.awaitText("NATS: not connected");
            showPanel(browser, false);
            browser.awaitText("NATS: not connected");

            RegionWriter writer = RegionWriter.open(region.path());
            Await.until("the page says that it cannot play this", Deadlines.SOON, () -> {
                writer.write(VideoFrame.KEYFRAME, CODEC_WITHOUT_NAME, 100);
                return "unsupported".equals(state(browser));
            });
            browser.awaitText("Let the robot send H.264");
            PageAudit.assertGood(browser, "unsupported");
        }
    }

    @Test
    void anOldPictureAndALostServer() {
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).start();
                Browser browser = Browser.start()) {
            try (PythonWriter writer = PythonWriter.start(TestClip.seconds(4), region, "--loop")) {
                open(browser, server, "live");
                showPanel(browser, false);
                writer.kill();
            }
            browser.awaitText("The server gets no new frames from the robot.");
            browser.awaitText("Not live");
            browser.await("getComputedStyle(document.querySelector('#picture')).filter.includes('grayscale(1)')", true);
            PageAudit.assertGood(browser, "stale");
            server.stop();
            browser.awaitText("Trying again by itself.");
            browser.awaitText("Not live", "Not connected");
            PageAudit.assertGood(browser, "reconnecting");
            showPanel(browser, true);
            PageAudit.assertFits(browser, "reconnecting with telemetry");
        }
    }

    @Test
    void everyRefusalIsExplained() {
        try (OpenResources opened = new OpenResources()) {
            ServerProcess guarded = opened.add(
                    ServerProcess.builder().arguments("demo", "--streams", "1").set("SDR_AUTH_TOKEN", "sesame").start());
            Browser browser = opened.add(Browser.start());
            open(browser, guarded, "refused");
            browser.awaitText("This server asks for an access token.");
            PageAudit.assertGood(browser, "token asked");
            showPanel(browser, true);
            PageAudit.assertFits(browser, "token asked with telemetry");
            showPanel(browser, false);
            guarded.stop();

            ServerProcess others = opened.add(ServerProcess.builder().arguments("demo", "--streams", "1")
                    .set("SDR_ALLOWED_ORIGINS", "https://other.example.org").start());
            open(browser, others, "refused");
            browser.awaitText("SDR_ALLOWED_ORIGINS");
            PageAudit.assertGood(browser, "wrong origin");
            others.stop();

            ServerProcess full = opened.add(
                    ServerProcess.builder().arguments("demo", "--streams", "1").set("SDR_MAX_CLIENTS", "1").start());
            opened.add(WsRecorder.connect(full));
            open(browser, full, "refused");
            browser.awaitText("SDR_MAX_CLIENTS");
            browser.awaitText("Next attempt in");
            PageAudit.assertGood(browser, "full");
            showPanel(browser, true);
            PageAudit.assertFits(browser, "full with telemetry");
            showPanel(browser, false);
            full.stop();

            ServerProcess fullForAddress = opened.add(
                    ServerProcess.builder().arguments("demo", "--streams", "1").set("SDR_MAX_CLIENTS_PER_ADDRESS", "1").start());
            opened.add(WsRecorder.connect(fullForAddress));
            open(browser, fullForAddress, "refused");
            browser.awaitText("SDR_MAX_CLIENTS_PER_ADDRESS");
            browser.awaitText("Too many viewers from your address");
            assertThat(browser.visibleText()).doesNotContain("The server is full");
        }
    }

    private static void open(Browser browser, ServerProcess server, String state) {
        browser.open(server.http("/"));
        awaitState(browser, state::equals, state);
    }

    private static void awaitState(Browser browser, Predicate<String> wanted, String name) {
        try {
            Await.until("the page is " + name, Deadlines.SOON, () -> wanted.test(state(browser)));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; it shows \"" + browser.visibleText() + "\"", e);
        }
    }

    private static String state(Browser browser) {
        return String.valueOf(browser.evaluate("window.sdrPlayer?.state"));
    }

    private static void awaitElement(Browser browser, String selector) {
        Await.until(selector, Deadlines.SOON,
                () -> Boolean.TRUE.equals(browser.evaluate("document.querySelector(\"" + selector + "\") !== null")));
    }

    private static void showPanel(Browser browser, boolean shown) {
        // In one go: it opens by itself when there is telemetry.
        browser.run("if (document.querySelector('#telemetry').hidden === " + shown + ")"
                + " document.querySelector('#panel-toggle').click()");
    }
}
