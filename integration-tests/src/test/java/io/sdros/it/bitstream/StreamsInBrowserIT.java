package io.sdros.it.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.NumberedClip;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Streams as encoders send them, in the player page: which picture it shows is read from its pixels, and where it can show
 * none, what it says. One browser for many streams, since starting one takes longer than watching a stream.
 */
// Streams are closed for what that ends.
@SuppressWarnings("try")
final class StreamsInBrowserIT {

    private static final int GROUP = 15;
    private static final int PICTURES = 4 * GROUP;
    private static final int ROUNDS = 20;
    private static final int DISTINCT = 3;
    private static final Duration PAUSED = Duration.ofMillis(1200);
    /** Where the encoder sends a keyframe only when asked; {@code sdr.player.pause.millis} is for how long. */
    private static final Duration PAUSED_ON_REQUEST = Duration.ofMillis(Integer.getInteger("sdr.player.pause.millis", 1200));
    /** More than is played of a stream that has one keyframe, at its beginning. */
    private static final int LONG = 300 + (int) (PAUSED_ON_REQUEST.toMillis() * 30 / 1000);
    private static final String IDR_SUBJECT = "control.request_idr";
    private static final int RED_OF_BT709 = 75;
    private static final int NOTED = 2 * GROUP;
    private static final int SLACK = 3;


    private final OpenResources opened = new OpenResources();
    private TempRegion region;
    private ServerProcess server;
    private Browser browser;
    private int first;
    /** Looked after while something is awaited. */
    private Runnable meanwhile = () -> { };

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    private void serve(String... settings) {
        region = opened.add(TempRegion.create());
        ServerProcess.Builder builder = ServerProcess.builder().region(region);
        for (int i = 0; i < settings.length; i += 2) {
            builder.set(settings[i], settings[i + 1]);
        }
        server = opened.add(builder.start());
    }

    private void open() {
        if (browser == null) {
            browser = opened.add(Browser.start());
        }
        browser.open(server.http("/"));
        Await.until("connected", Deadlines.SOON, () -> Boolean.TRUE.equals(browser.evaluate("(sdrPlayer?.connects ?? 0) > 0")));
    }

    /** Pictures whose numbers no stream before had. */
    private List<List<Nal>> pictures(int count, int group, String x264Options, String... ffmpegOptions) {
        first += 1000;
        return Nal.pictures(NumberedClip.h264Stream(first, count, group, x264Options, ffmpegOptions), false);
    }

    private List<List<Nal>> pictures(String x264Options) {
        return pictures(PICTURES, GROUP, x264Options);
    }

    private List<List<Nal>> wide() {
        return pictures(PICTURES, GROUP, "qp=30", "-bsf:v", "h264_metadata=sample_aspect_ratio=4/3");
    }

    private static <T> List<T> rounds(List<T> once) {
        List<T> all = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            all.addAll(once);
        }
        return all;
    }

    private Playback play(List<Commit> commits) {
        return opened.add(Playback.start(server, RegionWriter.open(region.path()), VideoFrame.H264, commits));
    }

    /** Pictures of the stream that is played are shown, one after the other. */
    private void awaitMoving(String what) {
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
        assertThat(seen).as(what).allMatch(number -> number < first + LONG);
    }

    private String said() {
        return browser.evaluate("`${sdrPlayer.state}/${sdrPlayer.why}/${sdrPlayer.condition} ${sdrPlayer.message}`") + " "
                + browser.visibleText();
    }

    @Test
    void whatIsAPictureIsShown() {
        serve();
        open();
        for (Habit habit : Habit.values()) {
            List<List<Nal>> pictures = pictures("slices=2");
            try (Playback stream = play(habit.commits(rounds(pictures)))) {
                awaitMoving(habit.name());
                if (habit == Habit.SETS_ONCE) {
                    assertComesBackAfterPauseHidingAndReload();
                }
                if (habit == Habit.NO_DELIMITERS_SETS_ONCE) {
                    assertThat(number(PageScripts.RED)).isBetween((long) RED_OF_BT709 - SLACK, (long) RED_OF_BT709 + SLACK);
                }
                if (habit == Habit.FLAG_ON_EVERY_FRAME) {
                    assertLossShowsNothingWrong(stream);
                }
                if (habit == Habit.SETS_ALONE_BEFORE_EACH_KEYFRAME) {
                    assertNothingIsCalledLost();
                }
            }
        }
        try (Playback stream = play(Habit.LENGTH_PREFIXED.commits(rounds(pictures("slice-max-size=400"))))) {
            awaitMoving("slices of 400 bytes behind their lengths");
        }
        try (Playback stream = play(Habit.SETS_ONCE.commits(rounds(wide())))) {
            awaitWide();
        }
        assertThat(browser.console()).noneMatch(line -> line.contains("Uncaught"));
    }

    /** Each change is told by a unit of its own, once, and the pictures of both are wrong if it is not believed. */
    private List<Commit> changes() {
        List<List<Nal>> coarse = pictures("qp=40");
        first -= 1000;
        List<List<Nal>> fine = pictures("qp=16");
        List<Commit> commits = new ArrayList<>();
        for (int i = 0; i < PICTURES; i++) {
            List<Nal> picture = (i / GROUP % 2 == 0 ? coarse : fine).get(i);
            List<Nal> pps = Nal.only(picture, nal -> nal.type() == 8);
            if (i == 0) {
                commits.add(Commit.right(picture));
                continue;
            }
            if (!pps.isEmpty()) {
                commits.add(Commit.delta(pps));
            }
            commits.add(Commit.right(Nal.only(picture, nal -> !nal.parameterSet())));
        }
        return commits;
    }

    /** Each group says another level. */
    private List<Commit> levels() {
        List<Commit> commits = new ArrayList<>();
        int group = 0;
        for (List<Nal> picture : pictures("qp=30")) {
            group += Nal.keyframe(picture) ? 1 : 0;
            int level = 31 + group % 2;
            commits.add(Commit.right(picture.stream().map(nal -> nal.type() == 7 ? withLevel(nal, level) : nal).toList()));
        }
        return commits;
    }

    private static Nal withLevel(Nal sps, int level) {
        byte[] bytes = sps.bytes().clone();
        bytes[3] = (byte) level;
        return new Nal(bytes, false);
    }

    @Test
    void theSameWithoutWebCodecs() {
        serve();
        browser = opened.add(Browser.start());
        browser.beforeEachPage(PageScripts.WITHOUT_WEBCODECS);
        open();
        try (Playback stream = play(Habit.SETS_ONCE.commits(rounds(pictures("slices=2"))))) {
            awaitMoving("parameter sets once");
            browser.await("sdrPlayer.decoder", "mse");
            pauseForAWhile();
            awaitMoving("after a pause");
            assertThat(number(PageScripts.RED)).isBetween((long) RED_OF_BT709 - SLACK, (long) RED_OF_BT709 + SLACK);
        }
        try (Playback stream = play(rounds(changes()))) {
            awaitMoving("another PPS in each group");
            assertGroupsOfBothKinds();
        }
        browser.run("window.changes = 0");
        try (Playback stream = play(rounds(levels()))) {
            awaitMoving("another level in each group");
            assertGroupsOfBothKinds();
            assertThat(number("window.changes")).isLessThanOrEqualTo(1);
        }
        try (Playback stream = play(Habit.SETS_ONCE.commits(rounds(wide())))) {
            awaitWide();
        }
        try (Playback stream = play(Habit.SETS_ONCE.commits(rounds(pictures("bframes=3:b-adapt=0:b-pyramid=normal"))))) {
            awaitMoving("B-frames");
            assertInOrder();
            browser.awaitText("B-frames: each picture comes");
        }
        assertThat(browser.console()).noneMatch(line -> line.contains("Uncaught"));
    }

    /** From the last picture of a round to the first of the next it is a long way back; any other way back is wrong. */
    private void assertInOrder() {
        browser.run(PageScripts.NOTE_NUMBERS);
        Await.until("many pictures", Deadlines.SOON, () -> number("window.shown.length") > NOTED);
        List<?> shown = (List<?>) browser.evaluate("window.shown");
        for (int i = 1; i < shown.size(); i++) {
            long forward = ((Number) shown.get(i)).longValue() - ((Number) shown.get(i - 1)).longValue();
            assertThat(forward > 0 || forward < -PICTURES / 2).as("in order: %s", shown).isTrue();
        }
    }

    /** 320 pixels of 4:3, shown as 426.7 of 1:1. */
    private void awaitWide() {
        Await.until("426 or 427 pixels wide", Deadlines.SOON,
                () -> "426,427".contains(browser.evaluate("String(sdrPlayer.width)").toString()));
    }

    /** Pictures of two groups, one after the other. */
    private void assertGroupsOfBothKinds() {
        boolean[] seen = new boolean[2];
        Await.until("both groups", Deadlines.SOON, () -> {
            int number = browser.shownNumber();
            assertThat(number).as("number shown").isBetween(first, first + PICTURES - 1);
            seen[(number - first) / GROUP % 2] = true;
            return seen[0] && seen[1];
        });
    }

    @Test
    void whatIsNoPictureIsNamed() {
        serve();
        open();
        for (Cut cut : Cut.values()) {
            try (Playback stream = play(cut.commits(rounds(pictures("slices=3"))))) {
                awaitSaid("split_units", "The pictures come in pieces");
            }
            open();
        }
        List<Commit> withoutSets = rounds(pictures("qp=30")).stream()
                .map(picture -> new Commit(Nal.lengthPrefixed(Nal.only(picture, Nal::slice)), 0)).toList();
        try (Playback stream = play(withoutSets)) {
            awaitSaid("no_parameter_sets", "The parameter sets are missing");
        }
        try (Playback stream = play(List.of(new Commit(new byte[] {1, 2, 3, 4}, VideoFrame.KEYFRAME)))) {
            awaitSaid("not_annex_b", "have to come as Annex B");
        }
        serve("SDR_KEYFRAME_GATING", "false");
        List<Commit> refreshing = Habit.SETS_ONCE.commits(pictures(LONG, GROUP, "intra-refresh=1"));
        try (Playback stream = play(refreshing.subList(1, LONG))) {
            open();
            awaitSaid("intra_refresh", "No browser can join this stream");
        }
        serve();
        browser.beforeEachPage(PageScripts.REFUSE_444);
        open();
        try (Playback stream = play(Habit.SETS_ONCE.commits(rounds(pictures(PICTURES, GROUP, "qp=30", "-pix_fmt", "yuv444p"))))) {
            awaitSaid("profile", "This video cannot be played here");
            browser.awaitText("It is 4:2:2, 4:4:4, or has more than 8 bits.", "Let the encoder make 4:2:0 with 8 bits.");
        }
        try (Playback stream = play(Habit.SETS_ONCE.commits(rounds(pictures("qp=30"))))) {
            awaitMoving("4:2:0 after 4:4:4");
        }
    }

    private void awaitSaid(String condition, String words) {
        try {
            Await.until(words, Deadlines.SOON, () -> condition.equals(browser.evaluate("sdrPlayer.condition"))
                    && browser.evaluate("document.querySelector('#notice').innerText").toString().contains(words));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the page says " + said(), e);
        }
        assertThat(browser.evaluate("sdrPlayer.why")).isEqualTo("stream");
        assertThat(browser.evaluate("document.querySelector('#notice').innerText")).asString().doesNotContain("has been asked");
    }

    @Test
    void whoNeedsAKeyframeGetsItself() {
        List<List<Nal>> onRequest = pictures(LONG, LONG, "qp=30");
        List<Commit> withoutKeyframe = Habit.SETS_ONCE.commits(onRequest).subList(1, LONG);
        serve("SDR_NATS_URL", "none");
        open();
        try (Playback stream = play(withoutKeyframe)) {
            awaitKeyframeAwaited();
            assertThat(browser.visibleText()).doesNotContain("has been asked");
        }
        NatsProcess nats = opened.add(NatsProcess.start());
        NatsClient encoder = opened.add(NatsClient.connect(nats));
        encoder.subscribe(IDR_SUBJECT);
        serve("SDR_NATS_URL", nats.url(), "SDR_GOP_CACHE_BYTES", "0");
        browser.beforeEachPage(PageScripts.LAG);
        browser.beforeEachPage(PageScripts.NOTE_RESUMED);
        open();
        try (Playback stream = play(withoutKeyframe)) {
            awaitKeyframeAwaited();
            Await.until("asked", Deadlines.SOON, () -> browser.visibleText().contains("The encoder has been asked for one."));
        }
        assertComesBackByRequests(encoder, onRequest);
        List<List<Nal>> openGroups = pictures(LONG, GROUP, "bframes=2:open-gop=1");
        assertThat(openGroups.stream().filter(Nal::keyframe)).hasSize(1);
        assertComesBackByRequests(encoder, openGroups);
    }

    private void assertComesBackByRequests(NatsClient encoder, List<List<Nal>> pictures) {
        int[] answered = {encoder.messages().size()};
        try (Playback stream = play(Habit.SETS_ONCE.commits(pictures))) {
            meanwhile = () -> {
                int asked = encoder.messages().size();
                if (asked > answered[0]) {
                    answered[0] = asked;
                    stream.begin();
                }
            };
            awaitMoving("the encoder sends a keyframe when asked");
            pause(PAUSED_ON_REQUEST);
            awaitPainted("after a pause");
            System.out.printf("a picture %d ms after Resume, paused for %d ms%n", number("window.backMs"),
                    PAUSED_ON_REQUEST.toMillis());
            browser.run("window.lagging = true");
            Await.until("late", Deadlines.SOON, () -> number("sdrPlayer.framesDropped.late") > 0);
            browser.run("window.lagging = false");
            awaitPainted("after a lag of the decoder");
        } finally {
            meanwhile = () -> { };
        }
    }

    /** Something new is shown, and then one picture after the other. */
    private void awaitPainted(String what) {
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

    private void awaitKeyframeAwaited() {
        Await.until("no keyframe", Deadlines.SOON, () -> browser.visibleText().contains("Waiting for a keyframe"));
    }

    private void assertComesBackAfterPauseHidingAndReload() {
        pauseForAWhile();
        awaitMoving("after a pause");
        browser.minimize();
        Await.until("hidden", Deadlines.SOON, () -> "hidden".equals(browser.evaluate("sdrPlayer.why")));
        Await.pause(PAUSED.toNanos());
        browser.restore();
        awaitMoving("seen again");
        open();
        awaitMoving("a late joiner");
    }

    private void assertLossShowsNothingWrong(Playback stream) {
        long before = painted();
        stream.lose();
        Await.until("it goes on", Deadlines.SOON, () -> painted() > before + GROUP);
        awaitMoving("after a loss");
        assertThat(number("sdrPlayer.framesDropped.error")).isZero();
    }

    private void assertNothingIsCalledLost() {
        long before = number("sdrPlayer.framesMissed");
        long received = number("sdrPlayer.framesReceived");
        Await.until("more groups", Deadlines.SOON, () -> number("sdrPlayer.framesReceived") > received + 3 * GROUP);
        assertThat(number("sdrPlayer.framesMissed")).isEqualTo(before);
    }

    private void pauseForAWhile() {
        pause(PAUSED);
    }

    private void pause(Duration time) {
        Await.until("it can be paused", Deadlines.SOON,
                () -> Boolean.FALSE.equals(browser.evaluate("document.querySelector('#pause').disabled")));
        browser.run("document.querySelector('#pause').click()");
        Await.until("paused", Deadlines.SOON, () -> "paused".equals(browser.evaluate("sdrPlayer.why")));
        Await.pause(time.toNanos());
        browser.run("window.backMs = null; window.resumedAt = performance.now(); document.querySelector('#pause').click()");
    }

    private long painted() {
        return number("sdrPlayer.framesPainted");
    }

    private long number(String expression) {
        return ((Number) browser.evaluate(expression)).longValue();
    }
}
