package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NumberedClip;
import io.sdros.it.support.NumberedFrames;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the player says of an old picture: no alarm without need, and nobody is blamed who is not known to be at fault. */
final class PlayerWordsIT {

    private static final int FPS = 30;
    private static final Duration WATCHED = Duration.ofSeconds(6);
    private static final Duration PAUSED = Duration.ofSeconds(2);

    /** The client's own default: a picture that nothing follows for so long is called stale. */
    private static final long STALE_AFTER_MILLIS = 500;
    private static final long ROUNDING_MILLIS = 20;

    // All that is said, shown or read out, from the first script on, and in which state. When a picture is called stale: how
    // long it has been the newest, or the player resumed, whichever is shorter.
    private static final String NOTE_WORDS = """
            window.said = [];
            window.olds = [];
            window.staleMs = [];
            addEventListener('DOMContentLoaded', () => {
              const note = (id) => new MutationObserver(() => {
                const text = document.getElementById(id).textContent.trim();
                if (text !== '') window.said.push(`${id}: ${text}`);
              }).observe(document.getElementById(id), { childList: true, characterData: true, subtree: true });
              ['alarm', 'announce', 'stale-why'].forEach(note);
              new MutationObserver(() => {
                const { old } = document.getElementById('stage').dataset;
                window.olds.push(old ?? 'young');
                if (old === 'stale') window.staleMs.push(Math.min(sdrPlayer.pictureAgeMs, performance.now() - window.resumedAt));
              })
                .observe(document.getElementById('stage'), { attributeFilter: ['data-old'] });
            });
            """;
    private static final String FORGET = "window.said = []; window.olds = []; window.staleMs = [];";

    // A Firefox without WebCodecs whose user lets nothing play: it is for somebody's click.
    private static final String LET_NOTHING_PLAY = """
            delete window.VideoDecoder;
            let clicked = false;
            addEventListener('click', () => { clicked = true; }, true);
            const play = HTMLMediaElement.prototype.play;
            HTMLMediaElement.prototype.play = function () {
              return clicked ? play.call(this) : Promise.reject(new DOMException('no', 'NotAllowedError'));
            };
            """;

    private final OpenResources opened = new OpenResources();
    private TempRegion region;
    private ServerProcess server;
    private Browser browser;

    @BeforeEach
    void start() {
        region = opened.add(TempRegion.create());
        server = opened.add(ServerProcess.builder().region(region).start());
        browser = opened.add(Browser.start());
        browser.beforeEachPage(NOTE_WORDS);
    }

    @AfterEach
    void closeAll() {
        opened.close();
    }

    @Test
    void aCameraOfOnePictureASecondIsLiveWithoutAlarm() {
        browser.open(server.http("/"));
        // Connected before the keyframe comes, whose next one is half a minute away.
        await("sdrPlayer.state === 'waiting'");
        play(1);
        await("sdrPlayer.state === 'live' && sdrPlayer.framesPainted >= 4");
        browser.run(FORGET);
        Await.pause(WATCHED.toNanos());

        assertThat(browser.evaluate("sdrPlayer.state")).isEqualTo("live");
        assertThat(said()).isEmpty();
        assertThat((List<?>) browser.evaluate("window.olds")).isEmpty();
    }

    @Test
    void resumingIsNoAlarm() {
        play(FPS);
        browser.open(server.http("/"));
        await("sdrPlayer.state === 'live' && !document.querySelector('#pause').disabled");
        browser.run("document.querySelector('#pause').click()");
        Await.pause(PAUSED.toNanos());
        browser.run(FORGET + "window.resumedAt = performance.now(); document.querySelector('#pause').click()");
        await("sdrPlayer.state === 'live' && window.said.some((words) => words.startsWith('announce: Live'))");
        Await.pause(PAUSED.toNanos());

        // On a machine so busy that nothing new comes for so long, the alarm is right.
        List<?> staleMillis = (List<?>) browser.evaluate("window.staleMs");
        assertThat(staleMillis).allMatch(millis -> ((Number) millis).doubleValue() >= STALE_AFTER_MILLIS - ROUNDING_MILLIS);
        if (staleMillis.isEmpty()) {
            assertThat(said()).noneMatch(words -> words.startsWith("alarm") || words.contains("Stale"));
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsNotTakenForARobotThatDoesNotSend() {
        play(FPS);
        browser.open(server.http("/"));
        await("sdrPlayer.state === 'live'");
        signal("-STOP");
        try {
            await("document.querySelector('#stale').innerText.includes('The server does not answer.')"
                    + " || document.querySelector('#notice-text').innerText.includes('cannot be reached')");
            assertThat(said()).noneMatch(words -> words.contains("from the robot"));
        } finally {
            signal("-CONT");
        }
        await("sdrPlayer.state === 'live'");
        assertThat(said()).noneMatch(words -> words.contains("from the robot"));
    }

    @Test
    void aServerThatStartsAgainIsNotTakenForARobotThatDoesNotSend() {
        play(FPS);
        browser.open(server.http("/"));
        await("sdrPlayer.state === 'live'");
        int port = server.port();
        server.process().kill();
        await("sdrPlayer.state === 'reconnecting'");
        opened.add(ServerProcess.builder().region(region).set("SDR_LISTEN_ADDR", "127.0.0.1:" + port).start());
        await("sdrPlayer.state === 'live'");
        assertThat(said()).noneMatch(words -> words.contains("from the robot"));
    }

    @Test
    void whatTheBrowserDoesNotLetPlayIsNotCalledLiveAndPlaysAtAClick() {
        browser.beforeEachPage(LET_NOTHING_PLAY);
        play(FPS);
        browser.open(server.http("/"));
        await("sdrPlayer.why === 'play-blocked' && document.querySelector('#stage').dataset.old === 'stale'");
        browser.awaitText("The browser does not let it play", "Not live");
        browser.run(FORGET);
        Await.pause(PAUSED.toNanos());
        assertThat((List<?>) browser.evaluate("window.olds")).as("it does not flicker").asString().doesNotContain("young");

        browser.run("document.querySelector('#play').click()");
        await("sdrPlayer.state === 'live'");
        browser.await("sdrPlayer.decoder", "mse");
    }

    @Test
    void whatBFramesCostIsSaid() {
        play(FPS, NumberedClip.h264WithBFrames(320, 192, 0, 60));
        browser.open(server.http("/"));
        await("sdrPlayer.state === 'live'");
        await("/B-frames: each picture comes \\d+ ms later than it could/.test(document.querySelector('#slow').innerText)");
    }

    private void play(int perSecond) {
        play(perSecond, NumberedClip.h264(320, 192, 0, 60));
    }

    private void play(int perSecond, List<byte[]> pictures) {
        opened.add(NumberedFrames.start(RegionWriter.open(region.path()), pictures, VideoFrame.H264, perSecond));
    }

    private List<String> said() {
        return ((List<?>) browser.evaluate("window.said")).stream().map(String::valueOf).toList();
    }

    private void signal(String name) {
        ChildProcess.run("kill", List.of("kill", name, Long.toString(server.process().pid())), Deadlines.SOON);
    }

    private void await(String condition) {
        try {
            Await.until(condition, Deadlines.SOON,
                    () -> Boolean.TRUE.equals(browser.evaluate("window.sdrPlayer !== undefined && " + condition)));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the page shows \"" + browser.visibleText() + "\", said " + said(), e);
        }
    }
}
