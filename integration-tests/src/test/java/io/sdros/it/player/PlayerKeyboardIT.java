package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.WorkDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The player page without a mouse: every control is reached by Tab, named, visibly focused, and does what it says. */
final class PlayerKeyboardIT {

    // By id; those without one belong to the telemetry subjects.
    private static final String CONTROLS = "[...document.querySelectorAll('button, input, a[href]')]"
            + ".filter((control) => control.checkVisibility() && !control.disabled)"
            + ".map((control) => control.id || control.ariaLabel || control.querySelector('.subject').textContent)";
    private static final String FOCUS = "(() => { const style = getComputedStyle(document.activeElement);"
            + " return style.outlineStyle + ' ' + style.outlineWidth; })()";
    private static final String NAME_OF = "document.activeElement.id || document.activeElement.ariaLabel"
            + " || document.activeElement.querySelector('.subject')?.textContent";
    private static final String TELEMETRY_SHOWN = "!document.querySelector('#telemetry').hidden";
    private static final String ONE_IS_LARGE = "document.querySelector('#stage').dataset.view === 'one'";
    private static final String DIALOG_OPEN = "document.querySelector('dialog').open";
    private static final int MORE_THAN_ALL_CONTROLS = 40;
    private static final Duration TRANSITION = Duration.ofSeconds(2);
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};
    /** Every PNG ends with this chunk, the checksum included. */
    private static final byte[] PNG_END = {'I', 'E', 'N', 'D', (byte) 0xAE, 'B', 0x60, (byte) 0x82};

    @Test
    void everyControlIsReachedNamedAndVisiblyFocused() {
        try (ServerProcess demo = ServerProcess.builder().arguments("demo", "--streams", "1").start(); Browser browser = Browser.start()) {
            openLive(browser, demo);
            List<?> controls = (List<?>) browser.evaluate(CONTROLS);
            assertThat(controls).map(String::valueOf)
                    .contains("pause", "screenshot", "fullscreen", "panel-toggle", "panel-close", "filter")
                    .hasSizeGreaterThanOrEqualTo(8);

            List<String> reached = new ArrayList<>();
            for (int i = 0; i < MORE_THAN_ALL_CONTROLS && !reached.containsAll(controls); i++) {
                browser.press(Keys.TAB);
                WebElement focused = browser.focused();
                if (!focused.getTagName().equals("body")) {
                    reached.add(String.valueOf(browser.evaluate(NAME_OF)));
                    assertThat(focused.getAccessibleName()).as("name of " + reached).isNotBlank();
                    assertThat(browser.evaluate(FOCUS)).as("ring of " + reached).isEqualTo("solid 3px");
                }
            }
            assertThat(reached).containsAll(controls.stream().map(String::valueOf).toList());
        }
    }

    @Test
    void everyControlDoesWhatItSays() {
        Path folder = WorkDirectory.newFile("screenshots", "");
        try (ServerProcess demo = ServerProcess.builder().arguments("demo", "--streams", "1").start(); Browser browser = Browser.start()) {
            browser.downloadTo(emptied(folder));
            openLive(browser, demo);

            tabTo(browser, "pause");
            browser.press(Keys.SPACE);
            awaitTrue(browser, "window.sdrPlayer.state === 'paused'");
            assertThat(browser.focused().getAccessibleName()).isEqualTo("Resume");
            browser.press(Keys.ENTER);
            awaitTrue(browser, "window.sdrPlayer.state === 'live'");
            assertThat(browser.focused().getAccessibleName()).isEqualTo("Pause");

            tabTo(browser, "screenshot");
            browser.press(Keys.ENTER);
            assertThat(Await.value("a picture is saved", Deadlines.SOON, () -> picture(folder))).startsWith(PNG);

            tabTo(browser, "fullscreen");
            browser.press(Keys.SPACE);
            awaitTrue(browser, "document.fullscreenElement !== null");
            assertThat(browser.focused().getAccessibleName()).isEqualTo("Exit full screen");
            browser.press(Keys.ENTER);
            awaitTrue(browser, "document.fullscreenElement === null");
            // Chromium may still be leaving, and then takes no notice of a wish to come back.
            Await.until("a double click opens full screen", Deadlines.SOON, () -> {
                browser.doubleClick("#picture");
                return !Await.holdsFor(TRANSITION, () -> Boolean.TRUE.equals(browser.evaluate("document.fullscreenElement === null")));
            });
            browser.run("document.exitFullscreen()");
            awaitTrue(browser, "document.fullscreenElement === null");

            theTelemetryPanelWorks(browser);
        }
    }

    private static void theTelemetryPanelWorks(Browser browser) {
        tabTo(browser, "panel-close");
        browser.press(Keys.ENTER);
        awaitTrue(browser, "document.querySelector('#telemetry').hidden");
        browser.await(NAME_OF, "panel-toggle");
        browser.press(Keys.SPACE);
        awaitTrue(browser, "!document.querySelector('#telemetry').hidden");

        tabTo(browser, "filter");
        browser.press("POSE");
        awaitTrue(browser, "[...document.querySelectorAll('.subject')].filter((s) => s.checkVisibility())"
                + ".map((s) => s.textContent).join() === 'telemetry.demo.pose'");
        browser.press(Keys.TAB);
        assertThat(browser.evaluate(NAME_OF)).isEqualTo("telemetry.demo.pose");
        assertThat(browser.evaluate("document.activeElement.ariaExpanded")).isEqualTo("true");
        browser.press(Keys.ENTER);
        awaitTrue(browser, "document.activeElement.ariaExpanded === 'false'");
        browser.press(Keys.SPACE);
        awaitTrue(browser, "document.activeElement.ariaExpanded === 'true'");
    }

    @Test
    void singleKeysDoWhatTheButtonsDoWhereverTheFocusIs() {
        try (ServerProcess demo = ServerProcess.builder().arguments("demo").start(); Browser browser = Browser.start()) {
            browser.size(1280, 720);
            browser.open(demo.http("/"));
            awaitTrue(browser, TELEMETRY_SHOWN);
            browser.press("1");
            awaitTrue(browser, ONE_IS_LARGE + " && window.sdrPlayer.state === 'live' && !document.querySelector('#pause').disabled");
            browser.press(Keys.SPACE);
            awaitTrue(browser, "window.sdrPlayer.state === 'paused'");
            browser.press(Keys.SPACE);
            awaitTrue(browser, "window.sdrPlayer.state === 'live'");
            browser.press("t");
            awaitTrue(browser, "!(" + TELEMETRY_SHOWN + ")");
            browser.press("T");
            awaitTrue(browser, TELEMETRY_SHOWN);

            browser.run("document.querySelector('#filter').focus()");
            browser.press("t 0");
            awaitTrue(browser, "document.querySelector('#filter').value === 't 0'");
            assertThat(browser.evaluate(TELEMETRY_SHOWN + " && " + ONE_IS_LARGE)).isEqualTo(true);

            // Clicked, and not reached by keyboard: Space is the page's, and does not press the button as well.
            browser.doubleClick("#pause");
            awaitTrue(browser, "document.activeElement.id === 'pause' && window.sdrPlayer.state === 'live'");
            browser.press(Keys.SPACE);
            awaitTrue(browser, "window.sdrPlayer.state === 'paused'");

            theListOfKeysWorks(browser);
        }
    }

    private static void theListOfKeysWorks(Browser browser) {
        browser.press("?");
        awaitTrue(browser, DIALOG_OPEN);
        browser.awaitText("Keyboard shortcuts", "Front camera");
        PageAudit.assertNoViolation(browser, "list of keys");
        browser.press("t");
        browser.press(Keys.ESCAPE);
        awaitTrue(browser, "!(" + DIALOG_OPEN + ")");
        assertThat(browser.evaluate(TELEMETRY_SHOWN + " && " + ONE_IS_LARGE)).as("behind the list nothing happened").isEqualTo(true);
        browser.press("0");
        awaitTrue(browser, "!(" + ONE_IS_LARGE + ")");

        browser.run("document.querySelector('#shortcuts').click(); document.querySelector('#shortcuts-on').click();"
                + " document.querySelector('#shortcuts-close').click()");
        browser.press("1t");
        assertThat(browser.evaluate(TELEMETRY_SHOWN + " && !(" + ONE_IS_LARGE + ")")).as("they can be turned off").isEqualTo(true);
    }

    @Test
    void aTokenIsAskedForAndTypedIn() {
        try (ServerProcess demo = ServerProcess.builder().arguments("demo", "--streams", "1").set("SDR_AUTH_TOKEN", "sesame").start();
                Browser browser = Browser.start()) {
            browser.open(demo.http("/"));
            awaitTrue(browser, "document.activeElement.id === 'token'");
            assertThat(browser.focused().getAccessibleName()).isEqualTo("Access token");
            browser.press("wrong", Keys.ENTER);
            awaitTrue(browser, "document.querySelector('#notice-title').innerText === 'Access token not accepted'");
            awaitTrue(browser, "document.activeElement.id === 'token'");
            browser.await("document.querySelector('#token').hasAttribute('aria-invalid')", true);
            browser.press("sesame", Keys.ENTER);
            awaitTrue(browser, "window.sdrPlayer.state === 'live'");
            assertThat(browser.evaluate("document.body.outerHTML + location.href")).asString().doesNotContain("sesame");
        }
    }

    private static void openLive(Browser browser, ServerProcess demo) {
        browser.size(1280, 720);
        browser.open(demo.http("/"));
        awaitTrue(browser, "window.sdrPlayer?.state === 'live' && !document.querySelector('#pause').disabled"
                + " && !document.querySelector('#screenshot').disabled");
        awaitTrue(browser, "!document.querySelector('#telemetry').hidden && window.sdrPlayer.subjects.length === 2");
    }

    private static void tabTo(Browser browser, String id) {
        for (int i = 0; i < MORE_THAN_ALL_CONTROLS && !id.equals(browser.evaluate(NAME_OF)); i++) {
            browser.press(Keys.TAB);
        }
        assertThat(browser.evaluate(NAME_OF)).isEqualTo(id);
    }

    private static void awaitTrue(Browser browser, String condition) {
        try {
            Await.until(condition, Deadlines.SOON, () -> Boolean.TRUE.equals(browser.evaluate(condition)));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the page shows \"" + browser.visibleText() + "\"", e);
        }
    }

    private static Path emptied(Path folder) {
        try {
            Files.deleteIfExists(folder);
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one picture, once it is complete: the file has its name before all of it is written. */
    private static Optional<byte[]> picture(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            Optional<Path> saved = files.filter(file -> file.getFileName().toString().matches("robot-.*-frame-\\d+\\.png"))
                    .findFirst();
            return saved.isEmpty() ? Optional.empty() : Optional.of(Files.readAllBytes(saved.get())).filter(PlayerKeyboardIT::isWhole);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isWhole(byte[] png) {
        int end = png.length - PNG_END.length;
        return end > 0 && Arrays.equals(png, end, png.length, PNG_END, 0, PNG_END.length);
    }
}
