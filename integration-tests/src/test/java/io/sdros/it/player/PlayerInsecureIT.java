package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.GlassProbe;
import io.sdros.it.support.NumberedClip;
import io.sdros.it.support.NumberedFrames;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The player on a plain http page by name, as on a robot in the local network: no WebCodecs there. */
final class PlayerInsecureIT {

    private static final int FPS = 30;
    private static final int PICTURES = 240;
    private static final String NAME = "robot.lan";
    private static final Duration SETTLED = Duration.ofSeconds(10);
    private static final Duration WATCHED = Duration.ofSeconds(5);

    private static final String KEEP_VIDEOS = """
            window.videos = [];
            const create = document.createElement;
            document.createElement = function (name) {
              const element = create.call(document, name);
              if (name === 'video') window.videos.push(element);
              return element;
            };
            """;

    /** Generous for a machine with other work; what it is on an idle one is in docs/performance.md. */
    private static final double MOST_DELAY_MILLIS = 1500;

    @Test
    void thePictureMovesThroughMediaSourcesWithABoundedDelayAndThePageSaysWhatWouldBeFaster() {
        List<byte[]> clip = NumberedClip.h264(320, 192, 0, PICTURES);
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).set("SDR_ALLOWED_HOSTS", NAME).start();
                Browser browser = Browser.start("--host-resolver-rules=MAP " + NAME + " 127.0.0.1");
                NumberedFrames frames =
                        NumberedFrames.start(RegionWriter.open(region.path()), clip, VideoFrame.H264, FPS)) {
            browser.beforeEachPage(KEEP_VIDEOS);
            browser.open(URI.create("http://" + NAME + ":" + server.port() + "/"));
            Await.until("live", Deadlines.SOON, () -> "live".equals(browser.evaluate("window.sdrPlayer?.state")));
            assertThat(browser.evaluate("isSecureContext")).isEqualTo(false);
            Await.until("media sources are used", Deadlines.SOON, () -> "mse".equals(browser.evaluate("sdrPlayer.decoder")));
            Await.until("the page says what would be faster", Deadlines.SOON, () -> browser.visibleText().contains("https"));

            Await.pause(SETTLED.toNanos());
            GlassProbe probe = GlassProbe.start(browser, true);
            Await.pause(WATCHED.toNanos());
            GlassProbe.Seen seen = probe.stop();
            double[] delays = seen.numbers().stream().mapToDouble(number -> number.atMillis()
                    - frames.committedAt(frames.sequenceOf(number.value(), number.atMillis()))).sorted().toArray();

            assertThat(delays.length).as("pictures shown").isGreaterThan(FPS);
            System.out.printf("commit to canvas after %d s: p50 %.0f ms, max %.0f ms%n", SETTLED.toSeconds(),
                    delays[delays.length / 2], delays[delays.length - 1]);
            assertThat(delays[delays.length / 2]).isLessThan(MOST_DELAY_MILLIS);
            browser.run("window.videos.at(-1).pause()");
            Await.until("it plays on", Deadlines.SOON, () -> Boolean.FALSE.equals(browser.evaluate("window.videos.at(-1).paused")));
            // From now on the browser lets nothing play, as Firefox where its user wants that.
            browser.run("HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('', 'NotAllowedError'));"
                    + " window.videos.at(-1).pause()");
            Await.until("it is said", Deadlines.SOON, () -> "paused blocked".equals(
                    browser.evaluate("sdrPlayer.state + ' ' + sdrPlayer.reason")));
            assertThat(browser.console()).noneMatch(line -> line.contains("Uncaught"));
        }
    }
}
