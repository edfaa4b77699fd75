package io.sdros.it.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NumberedClip;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The player page, showing streams whose pictures carry numbers, each of another range than those before. For one test. */
final class StreamPage {

    static final int GROUP = 15;
    static final int PICTURES = 4 * GROUP;
    static final Duration PAUSED = Duration.ofMillis(1200);
    private static final int ROUNDS = 20;
    private static final int DISTINCT = 3;

    private final OpenResources opened;
    private TempRegion region;
    private ServerProcess server;
    private Browser browser;
    private int first;
    private int count;
    private Runnable meanwhile = () -> { };

    /** @param opened where everything goes that is to be closed in the end */
    StreamPage(OpenResources opened) {
        this.opened = opened;
    }

    /** Starts another server, with a region of its own. */
    void serve(String... settings) {
        region = opened.add(TempRegion.create());
        server = opened.add(ServerProcess.start(region, settings));
    }

    /** Starts the browser if there is none yet. */
    Browser browser() {
        if (browser == null) {
            browser = opened.add(Browser.start());
        }
        return browser;
    }

    /** Opens the page of the last server, anew if it is open. */
    void open() {
        browser().open(server.http("/"));
        Await.until("connected", Deadlines.SOON, () -> Boolean.TRUE.equals(browser.evaluate("(sdrPlayer?.connects ?? 0) > 0")));
    }

    /** Is run again and again while pictures are awaited. */
    void lookAfter(Runnable task) {
        meanwhile = task;
    }

    /** The number of the newest stream's first picture. */
    int first() {
        return first;
    }

    /** Pictures whose numbers no stream before had. */
    List<List<Nal>> pictures(int pictures, int group, String x264Options, String... ffmpegOptions) {
        first += 1000;
        count = pictures;
        return encoded(group, x264Options, ffmpegOptions);
    }

    /** As the newest stream, with the same numbers, encoded otherwise. */
    List<List<Nal>> samePictures(String x264Options) {
        return encoded(GROUP, x264Options);
    }

    private List<List<Nal>> encoded(int group, String x264Options, String... ffmpegOptions) {
        return Nal.pictures(NumberedClip.h264Stream(first, count, group, x264Options, ffmpegOptions), false);
    }

    List<List<Nal>> pictures(String x264Options) {
        return pictures(PICTURES, GROUP, x264Options);
    }

    /** Pixels that are wider than high. */
    List<List<Nal>> wide() {
        return pictures(PICTURES, GROUP, "qp=30", "-bsf:v", "h264_metadata=sample_aspect_ratio=4/3");
    }

    /** The same over and over, longer than any test watches. */
    static <T> List<T> rounds(List<T> once) {
        List<T> all = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            all.addAll(once);
        }
        return all;
    }

    /** Plays it through the last server's region. */
    Playback play(List<Commit> commits) {
        RegionWriter writer = RegionWriter.open(region.path());
        // Who began anew where the one before had committed a single frame would not be noticed.
        server.http().awaitShmSequence(0);
        return opened.add(Playback.start(server, writer, VideoFrame.H264, commits));
    }

    /** Pictures of the newest stream are shown, one after the other. */
    void awaitMoving(String what) {
        List<Integer> seen = new ArrayList<>();
        try {
            Await.until(what + ": pictures from " + first + " on", Deadlines.SOON, () -> {
                meanwhile.run();
                int number = browser.shownNumber();
                if (number >= first && !seen.contains(number)) {
                    seen.add(number);
                }
                return seen.size() >= DISTINCT;
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; seen " + seen + ", now " + browser.shownNumber() + ", the page says "
                    + said() + ", console " + browser.console(), e);
        }
        assertThat(seen).as(what).allMatch(number -> number < first + count);
    }

    /** Something new is shown, and then one picture after the other. */
    void awaitPainted(String what) {
        long before = painted();
        try {
            Await.until(what, Deadlines.SOON, () -> {
                meanwhile.run();
                return painted() > before;
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the page says " + said() + ", connected "
                    + number("sdrPlayer.connects") + " times, console " + browser.console(), e);
        }
        awaitMoving(what);
    }

    /** What the page says of its state. */
    String said() {
        return browser.evaluate("`${sdrPlayer.state}/${sdrPlayer.why}/${sdrPlayer.condition} ${sdrPlayer.message}`") + " "
                + browser.visibleText();
    }

    /** Pauses the player for so long, then resumes. */
    void pause(Duration time) {
        Await.until("it can be paused", Deadlines.SOON,
                () -> Boolean.FALSE.equals(browser.evaluate("document.querySelector('#pause').disabled")));
        browser.run("document.querySelector('#pause').click()");
        Await.until("paused", Deadlines.SOON, () -> "paused".equals(browser.evaluate("sdrPlayer.why")));
        Await.pause(time.toNanos());
        browser.run("window.backMs = null; window.resumedAt = performance.now(); document.querySelector('#pause').click()");
    }

    long painted() {
        return number("sdrPlayer.framesPainted");
    }

    long number(String expression) {
        return ((Number) browser.evaluate(expression)).longValue();
    }
}
