package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.GlassProbe;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.NumberedClip;
import io.sdros.it.support.NumberedFrames;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the player knows of a picture's age and is sent while paused, from a server that speaks sdr.2 and from an old one. */
final class PlayerSdr2IT {

    private static final int FPS = 30;
    private static final int PICTURES = 90;
    private static final Duration WATCHED = Duration.ofSeconds(1);
    private static final Duration UNCHANGED = Duration.ofSeconds(1);
    private static final int ENOUGH = 20;
    /** Of the age that is shown, in the middle, beyond the clock error; the bar for a quiet machine is 10 ms and one refresh: 27. */
    private static final double MOST_MILLIS_WRONG = Double.parseDouble(System.getProperty("sdr.player.age.millis", "60"));

    private final OpenResources opened = new OpenResources();
    private ServerProcess server;
    private NumberedFrames frames;
    private NatsClient robot;
    private Browser browser;

    @BeforeEach
    void startAll() {
        NatsProcess nats = opened.add(NatsProcess.start());
        TempRegion region = opened.add(TempRegion.create());
        server = opened.add(ServerProcess.builder().region(region).set("SDR_NATS_URL", nats.url()).start());
        frames = opened.add(NumberedFrames.start(RegionWriter.open(region.path()), NumberedClip.h264(320, 192, 0, PICTURES),
                VideoFrame.H264, FPS));
        robot = opened.add(NatsClient.connect(nats));
        browser = opened.add(Browser.start());
    }

    @AfterEach
    void closeAll() {
        opened.close();
    }

    @Test
    void theAgeIsRightAndWhoPausesIsSentNoVideo() {
        browser.open(server.http("/"));
        awaitState("live");
        browser.await("sdrPlayer.protocol", "sdr.2");
        assertTheAgeIsThatOfThePixels();

        press("age");
        Await.until("the parts of the age", Deadlines.SOON, () ->
                browser.visibleText().contains("Server to here") && browser.visibleText().contains("Exact to"));

        press("pause");
        awaitState("paused");
        Await.until("no video comes", Deadlines.SOON, () -> {
            long received = number("sdrPlayer.framesReceived");
            return Await.holdsFor(UNCHANGED, () -> number("sdrPlayer.framesReceived") == received);
        });
        long told = number("sdrPlayer.telemetryReceived");
        Await.until("telemetry comes", Deadlines.SOON, () -> {
            robot.publish("telemetry.it", "1");
            return number("sdrPlayer.telemetryReceived") > told;
        });
        long paused = number("sdrPlayer.lastFrameSeq");
        long newest = frames.newest();
        press("pause");
        awaitState("live");
        Await.until("a picture after the pause", Deadlines.SOON, () -> number("sdrPlayer.lastFrameSeq") != paused);
        assertThat(number("sdrPlayer.lastFrameSeq")).isGreaterThanOrEqualTo(newest - NumberedClip.GROUP);
        assertThat(number("sdrPlayer.connects")).isEqualTo(1);
        assertThat(browser.console()).noneMatch(line -> line.contains("Uncaught"));
    }

    private void assertTheAgeIsThatOfThePixels() {
        List<Double> wrong = new ArrayList<>();
        Await.until("enough pictures of which the age can be compared", Deadlines.SOON, () -> {
            GlassProbe probe = GlassProbe.start(browser, true);
            Await.pause(WATCHED.toNanos());
            probe.stop().numbers().stream()
                    .filter(seen -> (seen.claimedSequence() - 1) % PICTURES == seen.value())
                    .mapToDouble(seen -> seen.claimedAgeMillis() - (seen.atMillis() - frames.committedAt(seen.claimedSequence())))
                    .map(Math::abs).forEach(wrong::add);
            return wrong.size() >= ENOUGH;
        });
        wrong.sort(null);
        double median = wrong.get(wrong.size() / 2);
        double clockErrorMillis = ((Number) browser.evaluate("sdrPlayer.clock.errorMs")).doubleValue();
        System.out.printf("the age shown is wrong by %.1f ms in the middle, %.1f ms at most, of %d pictures; clock error %.1f ms%n",
                median, wrong.get(wrong.size() - 1), wrong.size(), clockErrorMillis);
        assertThat(median).isLessThanOrEqualTo(MOST_MILLIS_WRONG + clockErrorMillis);
    }

    @Test
    void aServerThatKnowsNoSubprotocolIsSpokenToAsBefore() {
        OldServer old = opened.add(OldServer.before(server.port()));
        browser.open(URI.create("http://127.0.0.1:" + old.port() + "/"));
        awaitState("live");
        // Before the first figures no protocol is told either.
        browser.await("sdrPlayer.connects", 1L);
        assertThat(browser.evaluate("sdrPlayer.protocol")).isEqualTo("");
        assertThat(old.offers()).as("attempts with a subprotocol").isPositive();

        press("pause");
        awaitState("paused");
        long received = number("sdrPlayer.framesReceived");
        Await.until("video goes on", Deadlines.SOON, () -> number("sdrPlayer.framesReceived") > received + FPS / 2);
        press("pause");
        awaitState("live");
    }

    /** A button is disabled until the first figures have come. */
    private void press(String id) {
        Await.until(id + " can be pressed", Deadlines.SOON, () ->
                Boolean.FALSE.equals(browser.evaluate("document.querySelector('#" + id + "').disabled")));
        browser.run("document.querySelector('#" + id + "').click()");
    }

    private void awaitState(String state) {
        Await.until("the player is " + state, Deadlines.SOON, () -> state.equals(browser.evaluate("window.sdrPlayer?.state")));
    }

    private long number(String expression) {
        return ((Number) browser.evaluate(expression)).longValue();
    }
}
