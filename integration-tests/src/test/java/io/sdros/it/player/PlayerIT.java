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
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Which picture the player shows, read from the pixels of its canvas. */
final class PlayerIT {

    private static final int JPEG = 3;
    private static final int FPS = 30;
    private static final long FRAME_NANOS = Duration.ofMillis(33).toNanos();
    private static final Duration UNCHANGED = Duration.ofMillis(400);

    private long written;

    @Test
    void theRightPictureIsShownThroughChangesLossesRestartAndSilence() {
        List<byte[]> small = NumberedClip.h264(320, 192, 1000, 90);
        List<byte[]> large = NumberedClip.h264(480, 272, 2000, 30);
        List<byte[]> jpegs = NumberedClip.jpeg(320, 192, 3000, 30);
        assertThat(List.of(small.size(), large.size(), jpegs.size())).containsExactly(90, 30, 30);
        // Without the server's gate, so that what is seen is the client's own.
        try (TempRegion region = TempRegion.create();
                ServerProcess server =
                        ServerProcess.builder().region(region).set("SDR_KEYFRAME_GATING", "false").start();
                Browser browser = Browser.start()) {
            RegionWriter writer = RegionWriter.open(region.path());
            browser.open(server.http("/"));
            Await.until("connected", Deadlines.SOON, () -> "waiting".equals(browser.evaluate("window.sdrPlayer?.state")));

            play(server, writer, VideoFrame.H264, small, 0, 20);
            awaitShown(browser, 1019, 320, 192);
            play(server, writer, VideoFrame.H264, large, 0, 20);
            awaitShown(browser, 2019, 480, 272);
            play(server, writer, JPEG, jpegs, 0, 20);
            awaitShown(browser, 3019, 320, 192);
            play(server, writer, VideoFrame.H264, small, 30, 40);
            awaitShown(browser, 1039, 320, 192);

            assertNothingNewAfterALossUntilAKeyframe(server, browser, writer, small);
            assertSilenceIsMarked(browser);

            RegionWriter second = RegionWriter.open(region.path());
            play(server, second, VideoFrame.H264, small, 0, 10);
            awaitShown(browser, 1009, 320, 192);
        }
    }

    @Test
    void framesWithoutAKeyframeAreNotCalledNoVideo() {
        AtomicBoolean keyframesLost = new AtomicBoolean(true);
        try (TempRegion region = TempRegion.create();
                ServerProcess server =
                        ServerProcess.builder().region(region).set("SDR_IDR_TIMEOUT_MS", "60000").start();
                Browser browser = Browser.start()) {
            RegionWriter writer = RegionWriter.open(region.path());
            browser.open(server.http("/"));
            Await.until("no frames", Deadlines.SOON, () -> browser.visibleText().contains("No video is coming from the robot."));
            try (NumberedFrames frames = NumberedFrames.start(writer, NumberedClip.h264(320, 192, 0, 90), VideoFrame.H264, FPS,
                    sequence -> keyframesLost.get() && (sequence - 1) % NumberedClip.GROUP == 0)) {
                Await.until("frames", Deadlines.SOON, () -> frames.newest() > FPS);
                Await.until("no keyframe", Deadlines.SOON, () -> browser.visibleText().contains("No picture yet"));
                // Not what is read out, which comes a little later.
                assertThat(browser.evaluate("document.querySelector('#notice').innerText")).asString()
                        .contains("Waiting for a keyframe.").doesNotContain("No video is coming");
                keyframesLost.set(false);
                Await.until("live", Deadlines.SOON, () -> "live".equals(browser.evaluate("window.sdrPlayer.state")));
            }
        }
    }

    private void assertNothingNewAfterALossUntilAKeyframe(
            ServerProcess server, Browser browser, RegionWriter writer, List<byte[]> pictures) {
        writer.continueAt(writer.sequence() + 2);
        play(server, writer, VideoFrame.H264, pictures, 41, 60);
        Await.until("all that follow have come", Deadlines.SOON, () ->
                ((Number) browser.evaluate("window.sdrPlayer.framesReceived")).longValue() == written);
        assertThat(Await.holdsFor(UNCHANGED, () -> browser.shownNumber() == 1039))
                .as("the last whole picture stays").isTrue();
        play(server, writer, VideoFrame.H264, pictures, 60, 70);
        awaitShown(browser, 1069, 320, 192);
    }

    private static void assertSilenceIsMarked(Browser browser) {
        Await.until("the old picture is called old", Deadlines.SOON, () ->
                "stale".equals(browser.evaluate("window.sdrPlayer.state"))
                        && browser.visibleText().contains("Not live")
                        && "stale".equals(browser.evaluate("document.querySelector('#stage').dataset.old")));
    }

    private void play(ServerProcess server, RegionWriter writer, int codec, List<byte[]> pictures, int from, int to) {
        for (int i = from; i < to; i++) {
            boolean key = codec == JPEG || i % NumberedClip.GROUP == 0;
            writer.write(i, key ? VideoFrame.KEYFRAME : 0, codec, pictures.get(i));
            // The region holds one frame: without this a busy machine would lose some that the test did not.
            server.http().awaitFramesRead(++written);
            Await.pause(FRAME_NANOS);
        }
    }

    private static void awaitShown(Browser browser, int number, int width, int height) {
        try {
            Await.until("the canvas shows " + number, Deadlines.SOON, () -> browser.shownNumber() == number);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; it shows " + browser.shownNumber() + ", screenshot "
                    + browser.screenshot("failed-player-" + number) + ", console " + browser.console(), e);
        }
        assertThat(browser.evaluate("window.sdrPlayer.width + 'x' + window.sdrPlayer.height"))
                .isEqualTo(width + "x" + height);
    }
}
