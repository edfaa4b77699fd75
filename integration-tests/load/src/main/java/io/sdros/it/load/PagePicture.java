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
 * A program: the picture of the player page in README.md, taken from the running demo by a headless Chromium. To be run
 * again when the page looks different.
 *
 * <p>System property {@code page.picture}: where the PNG goes.
 */
final class PagePicture {

    private static final Path PICTURE = Path.of(System.getProperty("page.picture", "../docs/images/player.png"));
    private static final int WIDTH = 900;
    private static final int HEIGHT = 480;
    private static final int MAX_BYTES = 200_000;

    /** So that the curves beside the telemetry's values have something to show. */
    private static final Duration OF_TELEMETRY = Duration.ofSeconds(12);

    private static final String LIVE = "window.sdrPlayer?.state === 'live'";
    private static final String CURVE_SHOWN = "!!document.querySelector('.trend:not([hidden])')";
    private static final String SHOW_TELEMETRY =
            "if (document.querySelector('#telemetry').hidden) document.querySelector('#panel-toggle').click()";

    private PagePicture() {
    }

    public static void main(String[] arguments) throws IOException {
        try (ServerProcess demo = ServerProcess.builder().arguments("demo", "--streams", "1").start(); Browser browser = Browser.start()) {
            browser.size(WIDTH, HEIGHT);
            browser.open(demo.http("/"));
            awaitTrue(browser, LIVE);
            browser.run(SHOW_TELEMETRY);
            awaitTrue(browser, CURVE_SHOWN);
            Await.pause(OF_TELEMETRY.toNanos());
            awaitTrue(browser, LIVE);
            Path taken = browser.screenshot("player");
            if (Files.size(taken) > MAX_BYTES) {
                throw new AssertionError(Files.size(taken) + " bytes are much for a picture in a README: " + taken);
            }
            Files.createDirectories(PICTURE.toAbsolutePath().getParent());
            Files.copy(taken, PICTURE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void awaitTrue(Browser browser, String expression) {
        Await.until(expression, Deadlines.SOON, () -> Boolean.TRUE.equals(browser.evaluate(expression)));
    }
}
