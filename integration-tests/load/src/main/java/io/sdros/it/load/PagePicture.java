package io.sdros.it.load;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * A program: the pictures of the player page in README.md and docs/player.md, taken from the running demo by a headless Chromium. To
 * be run again, on a machine with nothing else to do, when the page looks different.
 *
 * <p>System property {@code page.pictures}: the folder where the PNGs go.
 */
final class PagePicture {

    private static final Path FOLDER = Path.of(System.getProperty("page.pictures", "../docs/images"));
    private static final int WIDTH = 900;
    private static final int HEIGHT = 480;
    private static final int TILES = 4;
    private static final int MAX_BYTES = 250_000;

    /** So that the curves beside the telemetry's values have something to show. */
    private static final Duration OF_TELEMETRY = Duration.ofSeconds(12);
    private static final Duration SETTLE = Duration.ofSeconds(3);

    private static final String LIVE = "window.sdrPlayer?.tiles.every(({ state }) => state === 'live')";
    private static final String CURVE_SHOWN = "!!document.querySelector('.trend:not([hidden])')";
    private static final String SHOW_TELEMETRY =
            "if (document.querySelector('#telemetry').hidden) document.querySelector('#panel-toggle').click()";

    private PagePicture() {
    }

    public static void main(String[] arguments) throws IOException {
        Files.createDirectories(FOLDER);
        try (ServerProcess demo = demo(1); Browser browser = open(demo)) {
            awaitTrue(browser, LIVE);
            browser.run(SHOW_TELEMETRY);
            awaitTrue(browser, CURVE_SHOWN);
            Await.pause(OF_TELEMETRY.toNanos());
            take(browser, "player.png");
        }
        try (ServerProcess demo = demo(TILES); Browser browser = open(demo)) {
            awaitTrue(browser, LIVE);
            Await.pause(SETTLE.toNanos());
            take(browser, "grid.png");
        }
    }

    private static ServerProcess demo(int streams) {
        return ServerProcess.builder().arguments("demo", "--streams", Integer.toString(streams)).start();
    }

    private static Browser open(ServerProcess demo) {
        Browser browser = Browser.start();
        browser.size(WIDTH, HEIGHT);
        browser.open(demo.http("/"));
        return browser;
    }

    private static void take(Browser browser, String name) throws IOException {
        awaitTrue(browser, LIVE);
        Path taken = browser.screenshot(name);
        if (Files.size(taken) > MAX_BYTES) {
            throw new AssertionError(Files.size(taken) + " bytes are much for a picture in a document: " + taken);
        }
        Files.copy(taken, FOLDER.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private static void awaitTrue(Browser browser, String expression) {
        Await.until(expression, Deadlines.SOON, () -> Boolean.TRUE.equals(browser.evaluate(expression)));
    }
}
