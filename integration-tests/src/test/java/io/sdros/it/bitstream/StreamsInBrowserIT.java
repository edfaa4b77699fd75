package io.sdros.it.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.VideoFrame;
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

    /** More than is played of a stream that has one keyframe, at its beginning. */
    private static final int LONG = 300;
    private static final int RED_OF_BT709 = 75;
    private static final int NOTED = 2 * StreamPage.GROUP;
    private static final int SLACK = 3;

    private final OpenResources opened = new OpenResources();
    private final StreamPage page = new StreamPage(opened);

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    @Test
    void whatIsAPictureIsShown() {
        page.serve();
        page.open();
        for (Habit habit : Habit.values()) {
            List<List<Nal>> pictures = page.pictures("slices=2");
            try (Playback stream = page.play(habit.commits(StreamPage.rounds(pictures)))) {
                page.awaitMoving(habit.name());
                if (habit == Habit.SETS_ONCE) {
                    assertComesBackAfterPauseHidingAndReload();
                }
                if (habit == Habit.NO_DELIMITERS_SETS_ONCE) {
                    assertThat(page.number(PageScripts.RED)).isBetween((long) RED_OF_BT709 - SLACK, (long) RED_OF_BT709 + SLACK);
                }
                if (habit == Habit.FLAG_ON_EVERY_FRAME) {
                    assertLossShowsNothingWrong(stream);
                }
                if (habit == Habit.SETS_ALONE_BEFORE_EACH_KEYFRAME) {
                    assertNothingIsCalledLost();
                }
            }
        }
        try (Playback stream = page.play(Habit.LENGTH_PREFIXED.commits(StreamPage.rounds(page.pictures("slice-max-size=400"))))) {
            page.awaitMoving("slices of 400 bytes behind their lengths");
        }
        try (Playback stream = page.play(Habit.SETS_ONCE.commits(StreamPage.rounds(page.wide())))) {
            awaitWide();
        }
        assertMovesThoughTheOrderIsNotSaid();
        assertThat(page.browser().console()).noneMatch(line -> line.contains("Uncaught"));
    }

    /** From its second group on the decoder is handed another SPS than comes. */
    private void assertMovesThoughTheOrderIsNotSaid() {
        for (String flag : List.of("vui_parameters_present_flag", "bitstream_restriction_flag")) {
            List<List<Nal>> pictures = SequenceSyntax.silentFrom(flag, page.pictures("cabac=1:ref=2"));
            try (Playback stream = page.play(StreamPage.rounds(pictures.stream().map(Commit::right).toList()))) {
                page.awaitMoving("nothing said of the order");
                long painted = page.number("sdrPlayer.framesPainted");
                long failed = page.number("sdrPlayer.framesDropped.error");
                Await.until("two groups", Deadlines.SOON,
                        () -> page.number("sdrPlayer.framesPainted") > painted + 2 * StreamPage.GROUP);
                page.awaitMoving("told that they come in order");
                assertThat(page.number("sdrPlayer.framesDropped.error")).isEqualTo(failed);
            }
        }
    }

    /** Each change is told by a unit of its own, once, and the pictures of both are wrong if it is not believed. */
    private List<Commit> changes() {
        List<List<Nal>> coarse = page.pictures("qp=40");
        List<List<Nal>> fine = page.samePictures("qp=16");
        List<Commit> commits = new ArrayList<>();
        for (int i = 0; i < StreamPage.PICTURES; i++) {
            List<Nal> picture = (i / StreamPage.GROUP % 2 == 0 ? coarse : fine).get(i);
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
        for (List<Nal> picture : page.pictures("qp=30")) {
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
        page.serve();
        page.browser().beforeEachPage(PageScripts.WITHOUT_WEBCODECS);
        page.open();
        try (Playback stream = page.play(Habit.SETS_ONCE.commits(StreamPage.rounds(page.pictures("slices=2"))))) {
            page.awaitMoving("parameter sets once");
            page.browser().await("sdrPlayer.decoder", "mse");
            page.pause(StreamPage.PAUSED);
            page.awaitMoving("after a pause");
            assertThat(page.number(PageScripts.RED)).isBetween((long) RED_OF_BT709 - SLACK, (long) RED_OF_BT709 + SLACK);
        }
        try (Playback stream = page.play(StreamPage.rounds(changes()))) {
            page.awaitMoving("another PPS in each group");
            assertGroupsOfBothKinds();
        }
        page.browser().run("window.changes = 0");
        try (Playback stream = page.play(StreamPage.rounds(levels()))) {
            page.awaitMoving("another level in each group");
            assertGroupsOfBothKinds();
            assertThat(page.number("window.changes")).isLessThanOrEqualTo(1);
        }
        try (Playback stream = page.play(Habit.SETS_ONCE.commits(StreamPage.rounds(page.wide())))) {
            awaitWide();
        }
        List<List<Nal>> withB = page.pictures("bframes=3:b-adapt=0:b-pyramid=normal");
        try (Playback stream = page.play(Habit.SETS_ONCE.commits(StreamPage.rounds(withB)))) {
            page.awaitMoving("B-frames");
            assertInOrder();
            page.browser().awaitText("B-frames: each picture comes");
        }
        assertMovesThoughTheOrderIsNotSaid();
        assertThat(page.browser().console()).noneMatch(line -> line.contains("Uncaught"));
    }

    /** From the last picture of a round to the first of the next it is a long way back; any other way back is wrong. */
    private void assertInOrder() {
        page.browser().run(PageScripts.NOTE_NUMBERS);
        Await.until("many pictures", Deadlines.SOON, () -> page.number("window.shown.length") > NOTED);
        List<?> shown = (List<?>) page.browser().evaluate("window.shown");
        for (int i = 1; i < shown.size(); i++) {
            long forward = ((Number) shown.get(i)).longValue() - ((Number) shown.get(i - 1)).longValue();
            assertThat(forward > 0 || forward < -StreamPage.PICTURES / 2).as("in order: %s", shown).isTrue();
        }
    }

    /** 320 pixels of 4:3, shown as 426.7 of 1:1. */
    private void awaitWide() {
        Await.until("426 or 427 pixels wide", Deadlines.SOON,
                () -> "426,427".contains(page.browser().evaluate("String(sdrPlayer.width)").toString()));
    }

    /** Pictures of two groups, one after the other. */
    private void assertGroupsOfBothKinds() {
        boolean[] seen = new boolean[2];
        Await.until("both groups", Deadlines.SOON, () -> {
            int number = page.browser().shownNumber();
            assertThat(number).as("number shown").isBetween(page.first(), page.first() + StreamPage.PICTURES - 1);
            seen[(number - page.first()) / StreamPage.GROUP % 2] = true;
            return seen[0] && seen[1];
        });
    }

    @Test
    void whatIsNoPictureIsNamed() {
        page.serve();
        page.open();
        for (Cut cut : Cut.values()) {
            try (Playback stream = page.play(cut.commits(StreamPage.rounds(page.pictures("slices=3"))))) {
                awaitSaid("split_units", "The pictures come in pieces");
            }
            page.open();
        }
        List<Commit> withoutSets = StreamPage.rounds(page.pictures("qp=30")).stream()
                .map(picture -> new Commit(Nal.lengthPrefixed(Nal.only(picture, Nal::slice)), 0)).toList();
        try (Playback stream = page.play(withoutSets)) {
            awaitSaid("no_parameter_sets", "The parameter sets are missing");
        }
        try (Playback stream = page.play(List.of(new Commit(new byte[] {1, 2, 3, 4}, VideoFrame.KEYFRAME)))) {
            awaitSaid("not_annex_b", "have to come as Annex B");
        }
        page.serve("SDR_KEYFRAME_GATING", "false");
        List<Commit> refreshing = Habit.SETS_ONCE.commits(page.pictures(LONG, StreamPage.GROUP, "intra-refresh=1"));
        try (Playback stream = page.play(refreshing.subList(1, LONG))) {
            page.open();
            awaitSaid("intra_refresh", "No browser can join this stream");
        }
        page.serve();
        page.browser().beforeEachPage(PageScripts.REFUSE_444);
        page.open();
        List<List<Nal>> of444 = page.pictures(StreamPage.PICTURES, StreamPage.GROUP, "qp=30", "-pix_fmt", "yuv444p");
        try (Playback stream = page.play(Habit.SETS_ONCE.commits(StreamPage.rounds(of444)))) {
            awaitSaid("profile", "This video cannot be played here");
            page.browser().awaitText("It is 4:2:2, 4:4:4, or has more than 8 bits.", "Let the encoder make 4:2:0 with 8 bits.");
        }
        try (Playback stream = page.play(Habit.SETS_ONCE.commits(StreamPage.rounds(page.pictures("qp=30"))))) {
            page.awaitMoving("4:2:0 after 4:4:4");
        }
    }

    private void awaitSaid(String condition, String words) {
        try {
            Await.until(words, Deadlines.SOON, () -> condition.equals(page.browser().evaluate("sdrPlayer.condition"))
                    && page.browser().evaluate("document.querySelector('#notice').innerText").toString().contains(words));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the page says " + page.said(), e);
        }
        assertThat(page.browser().evaluate("sdrPlayer.why")).isEqualTo("stream");
        assertThat(page.browser().evaluate("document.querySelector('#notice').innerText")).asString()
                .doesNotContain("has been asked");
    }

    private void assertComesBackAfterPauseHidingAndReload() {
        page.pause(StreamPage.PAUSED);
        page.awaitMoving("after a pause");
        page.browser().minimize();
        Await.until("hidden", Deadlines.SOON, () -> "hidden".equals(page.browser().evaluate("sdrPlayer.why")));
        Await.pause(StreamPage.PAUSED.toNanos());
        page.browser().restore();
        page.awaitMoving("seen again");
        page.open();
        page.awaitMoving("a late joiner");
    }

    private void assertLossShowsNothingWrong(Playback stream) {
        long before = page.painted();
        stream.lose();
        Await.until("it goes on", Deadlines.SOON, () -> page.painted() > before + StreamPage.GROUP);
        page.awaitMoving("after a loss");
        assertThat(page.number("sdrPlayer.framesDropped.error")).isZero();
    }

    private void assertNothingIsCalledLost() {
        // The page tells its figures some times a second: what was missed as the stream began is to have been told.
        long told = page.number("sdrPlayer.framesReceived");
        Await.until("fresh figures", Deadlines.SOON, () -> page.number("sdrPlayer.framesReceived") > told);
        long before = page.number("sdrPlayer.framesMissed");
        long received = page.number("sdrPlayer.framesReceived");
        Await.until("more groups", Deadlines.SOON, () -> page.number("sdrPlayer.framesReceived") > received + 3 * StreamPage.GROUP);
        assertThat(page.number("sdrPlayer.framesMissed")).isEqualTo(before);
    }
}
