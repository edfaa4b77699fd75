package io.sdros.shm.reader;

import static io.sdros.shm.reader.LoopHarness.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.FrameHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading, giving up, demand and the listener's exceptions, in made-up time. */
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
    void givesUpAfterFiveMillisecondsCountsOnceAndLooksCalmlyAfterwards() {
        image.key(1, 1).payload((byte) 99);
        int turns = stream.runFor(4 * MILLI);
        assertThat(turns).isLessThan(100);
        assertThat(stream.heard.take()).isEmpty();
        assertThat(after(2 * MILLI)).containsExactly("failure CRC_MISMATCH at 1, suppressed 0");
        assertThat(stream.statistics.failures(ReadOutcome.CRC_MISMATCH)).isEqualTo(1);
        assertThat(stream.statistics.retries()).isBetween(50L, 110L);
        assertThat(stream.runFor(100 * MILLI)).isLessThan(110);
        assertThat(stream.statistics.failures(ReadOutcome.CRC_MISMATCH)).isEqualTo(1);
    }

    @Test
    void everyReasonIsCountedUnderItsName() {
        image.key(1, 1).writeLength(0);
        after(6 * MILLI);
        image.key(2, 2).writeLength(38);
        after(6 * MILLI);
        image.key(3, 3).payload((byte) 99);
        after(6 * MILLI);
        assertThat(stream.statistics.failures(ReadOutcome.INVALID_LENGTH)).isEqualTo(1);
        assertThat(stream.statistics.failures(ReadOutcome.BAD_HEADER)).isEqualTo(1);
        assertThat(stream.statistics.failures(ReadOutcome.CRC_MISMATCH)).isEqualTo(1);
        assertThat(stream.statistics.failures(ReadOutcome.TORN_READ)).isZero();
        assertThat(stream.statistics.failures(ReadOutcome.FRAME)).isZero();
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
    void aHeapWithoutRoomIsAFailureOfItsOwnAndReadingGoesOn() {
        stream.allocatableBytes = 36;
        image.key(1, 1);
        assertThat(after(20 * MILLI)).containsExactly("failure OUT_OF_MEMORY at 1, suppressed 0");
        image.key(2, 2);
        assertThat(after(20 * MILLI)).as("said at a limited rate").isEmpty();
        assertThat(stream.statistics.failures(ReadOutcome.OUT_OF_MEMORY)).isEqualTo(2);
        assertThat(stream.statistics.failures(ReadOutcome.INVALID_LENGTH)).isZero();
        assertThat(stream.allocations).as("what failed is not tried again at once").isEqualTo(1);
        byte[] small = {1, 2};
        image.commit(3, RegionImage.headerOf(3, true, small), small);
        assertThat(after(20 * MILLI)).containsExactly("frame 3");
        stream.allocatableBytes = 1_000;
        image.key(4, 4);
        assertThat(after(20 * MILLI)).as("the heap had room a moment ago").containsExactly("frame 4");
    }

    @Test
    void aHeapWithoutRoomIsAskedAgainAfterAWhile() {
        stream.allocatableBytes = 0;
        image.key(1, 1);
        after(20 * MILLI);
        stream.allocatableBytes = 1_000;
        image.key(2, 2);
        assertThat(after(20 * MILLI)).isEmpty();
        after(FrameMemory.PAUSE_NANOS);
        image.key(3, 3);
        assertThat(after(20 * MILLI)).containsExactly("frame 3");
    }

    @Test
    void aFailureThatPassesIsNotCounted() {
        image.key(1, 1).writeLength(0);
        after(2 * MILLI);
        image.writeLength(37);
        assertThat(after(MILLI)).containsExactly("frame 1");
        assertThat(stream.statistics.failures(ReadOutcome.INVALID_LENGTH)).isZero();
        assertThat(stream.statistics.retries()).isPositive();
    }

    @Test
    void reportsFailuresAtALimitedRateAndHintsAtCrcOff() {
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= 600; i++) {
            image.commit(i, new FrameHeader(i, i, 1, 1, 1, 0, 0), (byte) 1);
            lines.addAll(after(20 * MILLI));
        }
        assertThat(stream.statistics.failures(ReadOutcome.CRC_MISMATCH)).isEqualTo(600);
        assertThat(lines).hasSizeBetween(2, 4);
        assertThat(lines.get(0)).isEqualTo("failure CRC_MISMATCH at 1, suppressed 0, CRC off?");
        assertThat(lines.get(1)).matches("failure CRC_MISMATCH at \\d+, suppressed 2\\d\\d, CRC off\\?");
    }

    @Test
    void withoutDemandOnlyTheSequenceIsLookedAt() {
        stream.demand = false;
        after(10 * MILLI);
        image.key(9, 9).writeLength(0);
        int turns = stream.runFor(1_000 * MILLI);
        assertThat(turns).isLessThanOrEqualTo(1_000);
        assertThat(stream.heard.take()).isEmpty();
        assertThat(stream.statistics.sequence()).isEqualTo(9);
        assertThat(stream.statistics.lastFrameAgeNanos().orElseThrow()).isCloseTo(1_000 * MILLI,
                org.assertj.core.data.Offset.offset(StreamLoop.WATCH_NANOS + 5 * MILLI));
        assertThat(stream.statistics.retries()).isZero();
        assertThat(stream.statistics.framesRead()).isZero();
    }

    @Test
    void demandThatReturnsGetsTheFrameInTheSlotAndNoLoss() {
        image.key(1, 1);
        after(MILLI);
        stream.demand = false;
        after(10 * MILLI);
        image.key(50, 50);
        after(10 * MILLI);
        stream.demand = true;
        assertThat(after(5 * MILLI)).containsExactly("RESUMED 0", "frame 50");
        assertThat(stream.statistics.framesLost()).isZero();
    }

    @Test
    void demandThatReturnsInTheMiddleOfAGroupWaitsForAKeyframe() {
        image.key(1, 1);
        after(MILLI);
        stream.demand = false;
        after(10 * MILLI);
        image.delta(50, 50);
        after(10 * MILLI);
        stream.demand = true;
        assertThat(after(5 * MILLI)).containsExactly("RESUMED 0", "skipped");
    }

    @Test
    void aShortLackOfDemandInWhichNothingPassedInterruptsNothing() {
        image.key(1, 1);
        after(MILLI);
        stream.demand = false;
        after(10 * MILLI);
        stream.demand = true;
        assertThat(after(5 * MILLI)).isEmpty();
        image.delta(2, 2);
        assertThat(after(20 * MILLI)).containsExactly("frame 2");
    }

    @Test
    void whatNobodyWasGivenIsReadAgainForWhoeverComes() {
        image.key(1, 1);
        after(MILLI);
        stream.demand = false;
        after(10 * MILLI);
        stream.demand = true;
        stream.readAgain = true;
        assertThat(after(5 * MILLI)).containsExactly("RESUMED 0", "frame 1");
        image.delta(2, 2);
        assertThat(after(20 * MILLI)).containsExactly("frame 2");
    }

    @Test
    void demandThatReturnsSeesFramesSoonWhateverTheirInterval() {
        int sequence = 0;
        for (long interval = 5 * MILLI; interval < 50 * MILLI; interval += MILLI / 2) {
            long start = stream.now;
            int frames = 0;
            while (frames < 280) {
                stream.demand = frames >= 200; // seen after a look's pause, in which up to 40 come
                int committed = (int) ((stream.now - start) / interval);
                long lateNanos = stream.now - start - committed * interval;
                if (committed > frames && frames > 245) {
                    assertThat(lateNanos).as("frame %d, %d ns apart", committed, interval).isLessThan(MILLI + 10_000);
                }
                if (committed > frames) {
                    sequence += committed - frames;
                    frames = committed;
                    image.key(sequence, sequence);
                }
                stream.turn();
            }
        }
    }

    @Test
    void aRestartWithoutDemandIsTold() {
        image.key(5, 5);
        after(MILLI);
        stream.demand = false;
        image.sequence(0);
        assertThat(after(10 * MILLI)).containsExactly("WRITER_RESTART 0");
        image.key(5, 5);
        after(10 * MILLI);
        stream.demand = true;
        assertThat(after(5 * MILLI)).containsExactly("frame 5");
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
