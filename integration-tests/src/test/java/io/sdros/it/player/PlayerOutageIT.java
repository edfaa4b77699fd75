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
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The player behind a network that swallows everything for a while. {@code sdr.player.blackhole.seconds} is for how long;
 * 60 is what users get when a robot drives out of reach.
 */
@Execution(ExecutionMode.CONCURRENT) // nothing moves during the outage
final class PlayerOutageIT {

    private static final int FPS = 30;
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("sdr.player.blackhole.seconds", 25));
    /** Five seconds on a machine of one's own. */
    private static final Duration BACK = Duration.ofSeconds(8);

    private static final String NOTE_CAUSES = """
            window.causes = [];
            const dispatch = EventTarget.prototype.dispatchEvent;
            EventTarget.prototype.dispatchEvent = function (event) {
              if (event.type === 'state') window.causes.push(event.detail.why);
              return dispatch.call(this, event);
            };
            """;
    /** Who is connected again waits for a keyframe, and on a busy machine for longer than without a word about it. */
    private static final String UNTIL_CONNECTED_AGAIN =
            "causes.slice(0, causes.indexOf('joining', causes.indexOf('no-answer')) + 1)";

    @Test
    void afterASilentOutageItIsBackWithinSecondsAndNeverBlamedTheRobot() {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            ServerProcess server = opened.add(ServerProcess.builder().region(region).start());
            opened.add(NumberedFrames.start(RegionWriter.open(region.path()), NumberedClip.h264(320, 192, 0, 60),
                    VideoFrame.H264, FPS));
            BlackHole way = opened.add(BlackHole.before(server.port()));
            Browser browser = opened.add(Browser.start());
            browser.beforeEachPage(NOTE_CAUSES);
            browser.open(URI.create("http://127.0.0.1:" + way.port() + "/"));
            Await.until("live", Deadlines.SOON, () -> "live".equals(browser.evaluate("window.sdrPlayer?.state")));

            // What a busy machine causes before and after the outage is not asked for.
            browser.run("window.causes = []");
            way.cut();
            browser.await("window.causes.includes('no-answer')", true);
            assertThat(Await.holdsFor(OUTAGE, () -> !"live".equals(browser.evaluate("sdrPlayer.state")))).isTrue();
            way.open();
            long openedNanos = System.nanoTime();
            Await.until("live again", BACK, () -> "live".equals(browser.evaluate("sdrPlayer.state")));

            System.out.printf("back %d ms after an outage of %d s%n", (System.nanoTime() - openedNanos) / 1_000_000,
                    OUTAGE.toSeconds());
            assertThat((List<?>) browser.evaluate(UNTIL_CONNECTED_AGAIN)).asString().contains("no-answer", "joining")
                    .doesNotContain("no-frames").doesNotContain("no-keyframe").doesNotContain("not-arriving");
        }
    }
}
