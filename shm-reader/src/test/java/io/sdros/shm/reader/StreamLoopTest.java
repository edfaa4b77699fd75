package io.sdros.shm.reader;

import static io.sdros.shm.reader.LoopHarness.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames, gaps, restarts, and the listener with its exceptions, in made-up time. */
class StreamLoopTest {

    @TempDir
    Path folder;
    private LoopHarness stream;
    private RegionImage image;

    @BeforeEach
    void prepare() throws IOException {
        Path path = folder.resolve("frames");
        image = RegionImage.inFile(path, 128);
        stream = new LoopHarness(path);
        stream.turn();
        stream.heard.take();
    }

    private List<String> after(long nanos) {
        stream.runFor(nanos);
        return stream.heard.take();
    }

    @Test
    void tellsFramesGapsAndSkips() {
        image.key(1, 1);
        assertThat(after(MILLI)).containsExactly("frame 1");
        image.delta(4, 4);
        assertThat(after(MILLI)).containsExactly("GAP 2", "skipped");
        image.key(5, 5);
        assertThat(after(MILLI)).containsExactly("frame 5");
        assertThat(stream.statistics.framesRead()).isEqualTo(2);
        assertThat(stream.statistics.framesLost()).isEqualTo(2);
        assertThat(stream.statistics.skippedNonKeyframes()).isEqualTo(1);
    }

    @Test
    void whatALossOrAFrameMakesNecessaryCanBeDoneInTheSameTurn() {
        List<String> heard = new ArrayList<>();
        FrameStreamListener inOrder = new FrameStreamListener() {
            @Override
            public void onFrame(Frame frame) {
                heard.add("frame");
            }

            @Override
            public void onDiscontinuity(Discontinuity reason, long lostFrames) {
                heard.add("loss");
            }

            @Override
            public void onPoll(long nowNanos) {
                heard.add("chores");
            }
        };
        stream = new LoopHarness(folder.resolve("frames"), true, 128, Optional.of(inOrder));
        stream.turn();
        heard.clear();
        image.key(1, 1);
        stream.turn();
        image.key(4, 4);
        stream.turn();
        assertThat(heard).containsExactly("frame", "chores", "loss", "frame", "chores");
    }

    @Test
    void whoeverIsLetInByTheChoresDoesNotWaitForAnotherLook() {
        image.key(1, 1);
        stream.demand = false;
        FrameStreamListener letsIn = new FrameStreamListener() {
            @Override
            public void onFrame(Frame frame) {
                stream.heard.onFrame(frame);
            }

            @Override
            public void onPoll(long nowNanos) {
                stream.demand = true;
            }
        };
        LoopHarness before = stream;
        stream = new LoopHarness(folder.resolve("frames"), true, 128, Optional.of(letsIn));
        stream.demand = false;
        stream.turn();
        stream.demand = false;
        long beforeNanos = stream.now;
        stream.turn();
        stream.turn();
        assertThat(stream.heard.take()).containsExactly("frame 1");
        assertThat(stream.now - beforeNanos).as("one wait, after the frame").isEqualTo(stream.lastPause);
        assertThat(before.heard.take()).isEmpty();
    }

    @Test
    void aSequenceThatFallsAllTheTimeKeepsNobodyBusy() {
        for (long i = 1_000_000; i > 0; i -= 1_000) {
            image.sequence(i);
            long before = stream.now;
            stream.turn();
            stream.turn();
            assertThat(stream.now - before).isPositive();
        }
    }

    @Test
    void tellsARestartOnce() {
        image.key(7, 7);
        after(MILLI);
        image.sequence(0);
        assertThat(after(5 * MILLI)).containsExactly("WRITER_RESTART 0");
        assertThat(stream.statistics.sequence()).isZero();
        image.key(7, 7);
        assertThat(after(5 * MILLI)).containsExactly("frame 7");
        image.key(8, 3);
        assertThat(after(40 * MILLI)).containsExactly("WRITER_RESTART 0", "frame 3");
        assertThat(stream.statistics.writerRestarts()).isEqualTo(2);
        assertThat(stream.statistics.framesLost()).isZero();
    }

    @Test
    void findsAnOldSequenceThatCameRoundUnseen() {
        image.key(7, 7);
        after(MILLI);
        image.commit(7, RegionImage.headerOf(7, true, (byte) 1), (byte) 1);
        assertThat(after(1_000 * MILLI)).containsExactly("WRITER_RESTART 0", "frame 7");
    }

    @Test
    void numbersThatJumpAboutNeverMakeTheCountOfLostFramesFall() {
        image.key(1, 1);
        after(MILLI);
        long[] numbers = {3, 0x7fff_ffff_ffff_fff0L, 4, Long.MIN_VALUE, 6, 1L << 62, 7, 9};
        long lost = 0;
        for (int i = 0; i < numbers.length; i++) {
            image.key(2 + i, numbers[i]);
            after(20 * MILLI);
            assertThat(stream.statistics.framesLost()).as("after %d", numbers[i]).isGreaterThanOrEqualTo(lost);
            lost = stream.statistics.framesLost();
        }
        assertThat(lost).as("2 and 8").isEqualTo(2);
        assertThat(stream.statistics.writerRestarts()).isEqualTo(6);
    }

    @Test
    void theListenerGetsATurnAtLeastEveryTwentyMilliseconds() {
        for (int i = 1; i <= 20; i++) {
            image.key(i, i);
            after(100 * MILLI);
        }
        long polls = stream.heard.polls.get();
        image.key(21, 21);
        for (int i = 0; i < 1_000; i++) {
            stream.turn();
            assertThat(stream.lastPause).isBetween(0L, 20 * MILLI);
        }
        assertThat(stream.heard.polls.get() - polls).isEqualTo(1_000);
    }

    @Test
    void whatTheListenerThrowsIsReportedAndTheStreamGoesOn() {
        List<Object> heard = new ArrayList<>();
        FrameStreamListener throwing = new FrameStreamListener() {
            @Override
            public void onFrame(Frame frame) {
                heard.add(frame.frameSeq());
                throw new IllegalArgumentException("frame " + frame.frameSeq());
            }

            @Override
            public void onUncaught(Throwable failure, long suppressed) {
                heard.add(failure.getMessage() + ", " + suppressed);
                throw new AssertionError("this one, too");
            }
        };
        stream = new LoopHarness(folder.resolve("frames"), true, 128, Optional.of(throwing));
        for (int i = 1; i <= 3; i++) {
            image.key(i, i);
            stream.runFor(40 * MILLI);
        }
        assertThat(heard).containsExactly(1L, "frame 1, 0", 2L, 3L);
        assertThat(stream.statistics.uncaught()).isEqualTo(4);
        stream.runFor(5_000 * MILLI);
        image.key(4, 4);
        stream.runFor(40 * MILLI);
        assertThat(heard).endsWith(4L, "frame 4, 2");
    }

    @Test
    void noErrorOfTheListenerEndsTheStreamNorDoesOneInSayingSo() {
        List<Object> heard = new ArrayList<>();
        FrameStreamListener throwing = new FrameStreamListener() {
            @Override
            public void onFrame(Frame frame) {
                heard.add(frame.frameSeq());
                throw new InternalError("a fault occurred in somebody's mapping");
            }

            @Override
            public void onUncaught(Throwable failure, long suppressed) {
                throw new OutOfMemoryError("made up");
            }
        };
        stream = new LoopHarness(folder.resolve("frames"), true, 128, Optional.of(throwing));
        for (int i = 1; i <= 3; i++) {
            image.key(i, i);
            stream.runFor(40 * MILLI);
        }
        assertThat(heard).containsExactly(1L, 2L, 3L);
        assertThat(stream.statistics.attaches()).isEqualTo(1);
    }
}
