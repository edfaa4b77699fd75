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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    /** For a quiet machine: 1 s and 300 ms. */
    private static final Duration MOST_TO_PAUSE = Duration.ofMillis(Long.getLong("sdr.player.quiet.within.millis", 3000));
    private static final Duration MOST_TO_RESUME = Duration.ofMillis(Long.getLong("sdr.player.back.within.millis", 3000));
    private static final String RESUME = """
            {
              const last = sdrPlayer.lastFrameSeq;
              const from = performance.now();
              const look = () => {
                if (sdrPlayer.lastFrameSeq === last) requestAnimationFrame(look);
                else window.backAfterMs = performance.now() - from;
              };
              document.querySelector('#pause').click();
              look();
            }
            """;

    private static final Duration STALL = Duration.ofSeconds(2);
    /** Nothing that came in time, and nothing that waited, is between. */
    private static final long OLD_MILLIS = 1000;
    private static final String NOTE_SHOWN = """
            window.shown = [];
            const dispatch = EventTarget.prototype.dispatchEvent;
            EventTarget.prototype.dispatchEvent = function (event) {
              if (event.type === 'frame' && event.detail.committedAt !== null) {
                window.shown.push(Math.round(event.detail.shownAt - event.detail.committedAt));
              }
              return dispatch.call(this, event);
            };
            """;

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

        assertTheServerKnowsHowLongDecodingTakes();

        long pressedNanos = System.nanoTime();
        press("pause");
        Await.until("the server sends it no video", Deadlines.SOON, () -> clients().contains("\"video\":\"closed\""));
        System.out.printf("no video is sent %d ms after Pause%n", (System.nanoTime() - pressedNanos) / 1_000_000);
        assertThat(System.nanoTime() - pressedNanos).isLessThanOrEqualTo(MOST_TO_PAUSE.toNanos());
        awaitState("paused");
        String sent = videoMessages();
        assertThat(Await.holdsFor(UNCHANGED, () -> videoMessages().equals(sent))).as("only " + sent).isTrue();
        long told = number("sdrPlayer.telemetryReceived");
        Await.until("telemetry comes", Deadlines.SOON, () -> {
            robot.publish("telemetry.it", "1");
            return number("sdrPlayer.telemetryReceived") > told;
        });
        long paused = number("sdrPlayer.lastFrameSeq");
        long newest = frames.newest();
        browser.run(RESUME);
        Await.until("a picture after the pause", Deadlines.SOON, () -> browser.evaluate("window.backAfterMs") != null);
        long backMillis = number("window.backAfterMs");
        System.out.printf("a picture is there %d ms after Resume%n", backMillis);
        assertThat(backMillis).isLessThanOrEqualTo(MOST_TO_RESUME.toMillis());
        awaitState("live");
        assertThat(number("sdrPlayer.lastFrameSeq")).isGreaterThanOrEqualTo(newest - NumberedClip.GROUP);
        assertThat(number("sdrPlayer.connects")).isEqualTo(1);
        assertThat(browser.console()).noneMatch(line -> line.contains("Uncaught"));
    }

    private void assertTheServerKnowsHowLongDecodingTakes() {
        Await.until("the server is told how long decoding takes", Deadlines.SOON, () ->
                Pattern.compile("\"received_to_decoded\":[1-9]\\d*000,").matcher(clients()).find());
    }

    private String clients() {
        return server.http().get("/clients").body();
    }

    private String videoMessages() {
        Matcher sent = Pattern.compile("\"video_messages\":\\d+").matcher(clients());
        assertThat(sent.find()).isTrue();
        return sent.group();
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

    /** They would run past faster than they were made, and be taken for what happens now. */
    @Test
    void whatWaitedInAStalledLinkIsNotShown() {
        StallingWay way = opened.add(StallingWay.before(server.port()));
        browser.beforeEachPage(NOTE_SHOWN);
        browser.open(URI.create("http://127.0.0.1:" + way.port() + "/"));
        awaitState("live");
        Await.until("the server's clock is known", Deadlines.SOON, () -> browser.evaluate("sdrPlayer.clock") != null);
        long receivedBefore = number("sdrPlayer.framesReceived");
        way.stall();
        awaitState("stale");
        Await.pause(STALL.toNanos());
        browser.run("window.shown = []");
        way.release();
        awaitState("live");
        Await.until("pictures come again", Deadlines.SOON, () -> number("window.shown.length") > FPS);
        List<Long> ages = ((List<?>) browser.evaluate("shown")).stream().map(age -> ((Number) age).longValue()).toList();
        System.out.printf("a stall of %d ms: shown with ages of %s ms%n", STALL.toMillis(), ages.subList(0, 5));
        assertThat(number("sdrPlayer.connects")).as("no other connection").isEqualTo(1);
        assertThat(number("sdrPlayer.framesReceived")).isGreaterThan(receivedBefore);
        assertThat(ages).as("of pictures that were shown").allSatisfy(age -> assertThat(age).isLessThan(OLD_MILLIS));
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
