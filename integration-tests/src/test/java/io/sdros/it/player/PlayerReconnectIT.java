package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.sdros.it.support.WsRecorder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The player when its server goes and comes back, refuses, or has only old pictures. How long it takes to come back is
 * printed; {@code sdr.player.outage.seconds} is how long the server stays away.
 */
final class PlayerReconnectIT {

    private static final int FPS = 30;
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("sdr.player.outage.seconds", 4));
    private static final Duration WRITER_DEAD = Duration.ofSeconds(3);
    private static final Duration WATCHED = Duration.ofSeconds(2);

    // From the first script on, each state the player was ever in.
    private static final String NOTE_STATES = """
            window.states = [];
            setInterval(() => {
              const state = window.sdrPlayer?.state;
              if (state !== undefined && state !== window.states.at(-1)) window.states.push(state);
            }, 1);
            """;

    private static List<byte[]> clip;

    private final OpenResources opened = new OpenResources();
    private TempRegion region;
    private Browser browser;

    @BeforeAll
    static void makePictures() {
        clip = NumberedClip.h264(320, 192, 0, 60);
    }

    @BeforeEach
    void startBrowser() {
        region = opened.add(TempRegion.create());
        browser = opened.add(Browser.start());
    }

    @AfterEach
    void closeAll() {
        opened.close();
    }

    @Test
    void afterItsServerWasStoppedOrKilledThePlayerShowsNewPictures() {
        NumberedFrames frames = opened.add(
                NumberedFrames.start(RegionWriter.open(region.path()), clip, VideoFrame.H264, FPS));
        ServerProcess server = opened.add(ServerProcess.builder().region(region).start());
        browser.open(server.http("/"));
        awaitState("live");

        assertThat(server.stop()).isZero();
        server = backAfter("SIGTERM", server, frames);
        server.process().kill();
        backAfter("SIGKILL", server, frames);
        assertThat(uncaught()).isEmpty();
    }

    private ServerProcess backAfter(String how, ServerProcess gone, NumberedFrames frames) {
        awaitState("reconnecting");
        double goneAt = NumberedFrames.wallMillis();
        assertThat(Await.holdsFor(OUTAGE, () -> !"live".equals(browser.evaluate("sdrPlayer.state")))).isTrue();
        browser.awaitText("Not live");

        ServerProcess back = opened.add(
                ServerProcess.builder().region(region).set("SDR_LISTEN_ADDR", "127.0.0.1:" + gone.port()).start());
        double backAt = NumberedFrames.wallMillis();
        // One round trip, so that it is the age of the very picture that the state speaks of.
        Object[] seen = Await.value("live again", Deadlines.SOON, () -> Optional.of(((List<?>) browser.evaluate(
                "[sdrPlayer.state, sdrPlayer.lastFrameSeq, sdrPlayer.lastShownAt]")).toArray())
                .filter(now -> "live".equals(now[0])));
        long sequence = ((Number) seen[1]).longValue();
        System.out.printf("%s: the first picture %.0f ms after the server listened again%n", how,
                ((Number) seen[2]).doubleValue() - backAt);
        assertThat(frames.committedAt(sequence)).as("written after the server went").isGreaterThan(goneAt);
        int shown = browser.shownNumber();
        Await.until("the picture moves", Deadlines.SOON, () -> browser.shownNumber() > 0 && browser.shownNumber() != shown);
        return back;
    }

    @Test
    void aDeadWritersPictureIsNeverCalledLive() {
        ServerProcess server = opened.add(ServerProcess.builder().region(region).start());
        RegionWriter writer = RegionWriter.open(region.path());
        // Somebody has to be there for the server to keep pictures.
        WsRecorder first = opened.add(WsRecorder.connect(server));
        server.http().awaitAttached();
        try (NumberedFrames frames = NumberedFrames.start(writer, clip, VideoFrame.H264, FPS)) {
            Await.until("some have come", Deadlines.SOON, () -> frames.newest() > FPS && first.video().size() > FPS / 2);
        }
        Await.pause(WRITER_DEAD.toNanos());

        browser.beforeEachPage(NOTE_STATES);
        browser.open(server.http("/"));
        Await.until("the old picture is shown and marked", Deadlines.SOON,
                () -> browser.shownNumber() >= 0 && browser.visibleText().contains("Not live"));
        assertThat(((Number) browser.evaluate("sdrPlayer.pictureAgeMs")).longValue())
                .as("its age is that of its writing, not of its coming").isGreaterThanOrEqualTo(WRITER_DEAD.toMillis());
        awaitState("stale");
        assertThat(Await.holdsFor(WATCHED, () -> "stale".equals(browser.evaluate("sdrPlayer.state")))).isTrue();
        assertThat((List<?>) browser.evaluate("window.states")).asString().contains("stale").doesNotContain("live");

        opened.add(NumberedFrames.start(writer, clip, VideoFrame.H264, FPS));
        awaitState("live");
    }

    @Test
    void whatWasRefusedIsNotTriedAgainBecauseTheNetworkIsBack() {
        ServerProcess server =
                opened.add(ServerProcess.builder().region(region).set("SDR_AUTH_TOKEN", "secret").start());
        browser.beforeEachPage(NOTE_STATES);
        browser.open(server.http("/"));
        awaitState("refused");

        browser.evaluate("window.dispatchEvent(new Event('online'))");
        assertThat(Await.holdsFor(WATCHED, () -> "refused".equals(browser.evaluate("sdrPlayer.state")))).isTrue();
        assertThat((List<?>) browser.evaluate("window.states.filter((state) => state === 'refused')")).hasSize(1);
    }

    private void awaitState(String state) {
        Await.until("the player is " + state, Deadlines.SOON, () -> state.equals(browser.evaluate("window.sdrPlayer?.state")));
    }

    private List<String> uncaught() {
        return browser.console().stream().filter(line -> line.contains("Uncaught")).toList();
    }
}
