package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NumberedClip;
import io.sdros.it.support.NumberedFrames;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** More than one player at a time, and one that nobody sees for a while. */
final class PlayerHiddenIT {

    private static final int FPS = 30;
    private static final int PICTURES = 240;
    private static final Duration UNSEEN = Duration.ofSeconds(3);

    // In each animation frame after the return: whether the canvas can be seen, and which picture it has.
    private static final String NOTE_RETURN = """
            (() => {
              window.returned = [];
              document.addEventListener('visibilitychange', () => {
                if (document.visibilityState !== 'visible') return;
                const picture = document.querySelector('#picture');
                const look = () => {
                  const seen = getComputedStyle(picture).visibility === 'visible';
                  window.returned.push([seen, sdrPlayer.lastFrameSeq]);
                  if (window.returned.length < 120) requestAnimationFrame(look);
                };
                look();
              });
            })()""";

    @Test
    void twoPlayersShowTheSameStreamAndAHiddenOneComesBackWithoutItsOldPicture() {
        List<byte[]> clip = NumberedClip.h264(320, 192, 0, PICTURES);
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).start();
                Browser first = Browser.start();
                Browser second = Browser.start();
                NumberedFrames frames =
                        NumberedFrames.start(RegionWriter.open(region.path()), clip, VideoFrame.H264, FPS)) {
            for (Browser browser : List.of(first, second)) {
                browser.open(server.http("/"));
                awaitState(browser, "live");
            }
            assertMoves(first, frames);
            assertMoves(second, frames);

            first.evaluate(NOTE_RETURN);
            first.minimize();
            Await.until("paused", Deadlines.SOON, () -> "paused hidden".equals(
                    first.evaluate("sdrPlayer.state + ' ' + sdrPlayer.reason")));
            long painted = ((Number) first.evaluate("sdrPlayer.framesPainted")).longValue();
            Await.pause(UNSEEN.toNanos());
            assertThat(((Number) first.evaluate("sdrPlayer.framesPainted")).longValue()).isEqualTo(painted);
            assertMoves(second, frames);

            long newest = frames.newest();
            first.restore();
            awaitState(first, "live");
            Await.until("noted", Deadlines.SOON, () -> ((List<?>) first.evaluate("window.returned")).size() > FPS);
            assertThat((List<?>) first.evaluate("window.returned.filter(([seen]) => seen).map(([, sequence]) => sequence)"))
                    .as("pictures seen after %d was there", newest).isNotEmpty()
                    .allMatch(sequence -> ((Number) sequence).longValue() >= newest - 2 * FPS);
            assertMoves(first, frames);
            assertThat(first.console()).noneMatch(line -> line.contains("Uncaught"));
        }
    }

    private static void awaitState(Browser browser, String state) {
        Await.until("the player is " + state, Deadlines.SOON, () -> state.equals(browser.evaluate("window.sdrPlayer?.state")));
    }

    /** The canvas shows pictures committed after this was asked. */
    private static void assertMoves(Browser browser, NumberedFrames frames) {
        long newest = frames.newest();
        Await.until("a picture newer than " + newest, Deadlines.SOON, () -> {
            int number = browser.shownNumber();
            return number >= 0 && frames.sequenceOf(number, NumberedFrames.wallMillis()) > newest;
        });
    }
}
