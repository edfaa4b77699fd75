package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.ServerProcess;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The player's access token: from its address, typed, kept over a reload, refused. */
final class PlayerTokenIT {

    private final OpenResources opened = new OpenResources();
    private ServerProcess server;
    private Browser browser;

    @BeforeEach
    void start() {
        server = opened.add(ServerProcess.builder().arguments("demo", "--streams", "1").set("SDR_AUTH_TOKEN", "sesame").start());
        browser = opened.add(Browser.start());
    }

    @AfterEach
    void closeAll() {
        opened.close();
    }

    @Test
    void aTokenInTheAddressIsKeptForTheTabAndTakenOutOfTheAddress() {
        browser.open(page("?view=front&token=sesame#top"));
        await("sdrPlayer.state === 'live'");
        assertThat(browser.evaluate("location.search + location.hash")).isEqualTo("?view=front#top");
        assertThat(browser.evaluate("document.body.outerHTML + location.href")).asString().doesNotContain("sesame");

        reload();
        await("sdrPlayer.state === 'live'");
        assertThat(browser.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('sdr.token')).join()"))
                .as("not for other robots' pages under the same site").isEqualTo("sdr.token /");
    }

    @Test
    void whatWasTypedOutlivesAStaleTokenInTheAddress() {
        browser.open(page("?token=stale"));
        await("document.querySelector('#notice-title').innerText === 'Access token not accepted'");
        browser.awaitText("Token refused");
        await("document.activeElement.id === 'token'");
        browser.press("sesame", Keys.ENTER);
        await("sdrPlayer.state === 'live'");
        reload();
        await("sdrPlayer.state === 'live'");

        // The stale one again, as from a bookmark: the one that worked is tried when it is refused.
        browser.open(page("?token=stale"));
        await("sdrPlayer.state === 'live'");
    }

    @Test
    void thatNoTokenWasGivenIsNotCalledARefusal() {
        browser.open(page(""));
        await("document.querySelector('#notice-title').innerText === 'Access token needed'");
        browser.awaitText("Token needed");
        assertThat(browser.visibleText()).doesNotContain("not accepted");
        assertThat(browser.evaluate("document.querySelector('#token').hasAttribute('aria-invalid')")).isEqualTo(false);
    }

    private URI page(String query) {
        return URI.create(server.http("/") + query);
    }

    private void reload() {
        browser.run("window.before = true; location.reload()");
        await("window.before === undefined");
    }

    private void await(String condition) {
        try {
            Await.until(condition, Deadlines.SOON,
                    () -> Boolean.TRUE.equals(browser.evaluate("window.sdrPlayer !== undefined && " + condition)));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the page shows \"" + browser.visibleText() + "\"", e);
        }
    }
}
