package io.sdros.shm.reader;

import static io.sdros.shm.reader.ReadOutcome.CRC_MISMATCH;
import static io.sdros.shm.reader.ReadOutcome.FRAME;
import static io.sdros.shm.reader.ReadOutcome.INVALID_LENGTH;
import static io.sdros.shm.reader.ReadOutcome.NO_NEW_FRAME;
import static io.sdros.shm.reader.ReadOutcome.SKIPPED_NON_KEYFRAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameHeader;
import org.junit.jupiter.api.Test;

/** What successive sequences and frame numbers mean: order, repeats, gaps, restarts. */
class FrameReaderOrderTest {

    private final RegionImage image = RegionImage.inMemory(128);
    private final FrameReader reader = FrameReader.builder(image.region()).build();
    private final FrameReader ungated = FrameReader.builder(image.region()).keyframeGating(false).build();

    @Test
    void framesInOrderPass() {
        image.key(1, 41);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        image.delta(2, 42);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.lostFrames()).isZero();
        assertThat(reader.restarted()).isFalse();
    }

    @Test
    void theFirstPictureIsAKeyframe() {
        image.delta(1, 1);
        assertThat(reader.attempt()).isEqualTo(SKIPPED_NON_KEYFRAME);
        assertThat(ungated.attempt()).isEqualTo(FRAME);
        image.delta(2, 2);
        assertThat(reader.attempt()).isEqualTo(SKIPPED_NON_KEYFRAME);
        image.key(3, 3);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        image.delta(4, 4);
        assertThat(reader.attempt()).isEqualTo(FRAME);
    }

    @Test
    void anUncommittedFrameReadEarlyIsNotReadAgain() {
        image.key(1, 1);
        reader.attempt();
        // Frame 3 is stored whole, the sequence still says 2.
        image.key(2, 3);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.lostFrames()).isEqualTo(1);
        image.sequence(3);
        assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
        assertThat(reader.restarted()).isFalse();
        image.delta(4, 4);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.lostFrames()).isZero();
    }

    @Test
    void aGapIsCountedOnceAndHidesFramesUntilAKeyframe() {
        image.key(1, 1);
        reader.attempt();
        image.delta(5, 5);
        assertThat(reader.attempt()).isEqualTo(SKIPPED_NON_KEYFRAME);
        assertThat(reader.lostFrames()).isEqualTo(3);
        assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
        assertThat(reader.lostFrames()).isZero();
        image.delta(6, 6);
        assertThat(reader.attempt()).isEqualTo(SKIPPED_NON_KEYFRAME);
        assertThat(reader.lostFrames()).isZero();
        image.key(7, 7);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.lostFrames()).isZero();
    }

    @Test
    void aJumpNoReaderCanHaveMissedIsAnotherCountAndNoLoss() {
        image.key(1, 1);
        reader.attempt();
        for (long wild : new long[] {1L << 40, Long.MAX_VALUE, -1, 1_000_000_000}) {
            image.key(reader.sequence() + 1, wild);
            assertThat(reader.attempt()).as("frame_seq %d", wild).isEqualTo(FRAME);
            assertThat(reader.lostFrames()).isZero();
            assertThat(reader.restarted()).isTrue();
        }
    }

    @Test
    void theLongestGapIsAMillionFrames() {
        image.key(1, 1);
        reader.attempt();
        image.key(2, 1_000_002);
        reader.attempt();
        assertThat(reader.lostFrames()).isEqualTo(1_000_000);
        assertThat(reader.restarted()).isFalse();
        image.delta(3, 2_000_004);
        assertThat(reader.attempt()).isEqualTo(SKIPPED_NON_KEYFRAME);
        assertThat(reader.lostFrames()).isZero();
        assertThat(reader.restarted()).isTrue();
    }

    @Test
    void withoutGatingAGapIsOnlyCounted() {
        image.delta(1, 1);
        ungated.attempt();
        image.delta(5, 5);
        assertThat(ungated.attempt()).isEqualTo(FRAME);
        assertThat(ungated.lostFrames()).isEqualTo(3);
    }

    @Test
    void jpegNeedsNoKeyframeFlag() {
        image.key(1, 1);
        reader.attempt();
        image.commit(9, new FrameHeader(1, 9, 0, 0, Codecs.JPEG, 0, 0));
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.lostFrames()).isEqualTo(7);
    }

    @Test
    void frameNumbersMayPassTheLargest() {
        image.key(1, -2);
        reader.attempt();
        image.delta(2, -1);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        image.delta(3, 0);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        image.key(4, 3);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.lostFrames()).isEqualTo(2);
        assertThat(reader.restarted()).isFalse();
    }

    @Test
    void aLowerFrameNumberIsARestart() {
        image.key(10, 10);
        reader.attempt();
        image.delta(11, 3);
        assertThat(reader.attempt()).isEqualTo(SKIPPED_NON_KEYFRAME);
        assertThat(reader.restarted()).isTrue();
        assertThat(reader.lostFrames()).isZero();
        image.delta(12, 4);
        assertThat(reader.attempt()).isEqualTo(SKIPPED_NON_KEYFRAME);
        assertThat(reader.restarted()).isFalse();
        image.key(13, 5);
        assertThat(reader.attempt()).isEqualTo(FRAME);
    }

    @Test
    void theSameFrameNumberWithAnotherHeaderIsARestart() {
        image.key(10, 10);
        reader.attempt();
        byte[] other = {1};
        image.commit(11, RegionImage.headerOf(10, true, other), other);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.restarted()).isTrue();
    }

    @Test
    void sequenceZeroIsARestartNoticedOnce() {
        image.key(10, 10);
        reader.attempt();
        image.sequence(0);
        assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
        assertThat(reader.restarted()).isTrue();
        assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
        assertThat(reader.restarted()).isFalse();
        image.delta(1, 1);
        assertThat(reader.attempt()).isEqualTo(SKIPPED_NON_KEYFRAME);
        assertThat(reader.restarted()).isFalse();
    }

    @Test
    void aLowerSequenceIsARestartNoticedOnce() {
        image.key(10, 10);
        reader.attempt();
        image.key(4, 4);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.restarted()).isTrue();
        image.delta(5, 5);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.restarted()).isFalse();
    }

    @Test
    void afterZeroTheVeryNumbersAndBytesOfBeforeAreNew() {
        image.key(1, 1);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        image.sequence(0);
        reader.attempt();
        image.key(1, 1);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.restarted()).isFalse();
        assertThat(reader.lostFrames()).isZero();
    }

    @Test
    void sequencesAreUnsigned() {
        image.key(Long.MAX_VALUE, 1);
        reader.attempt();
        image.delta(Long.MIN_VALUE, 2);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.restarted()).isFalse();
    }

    @Test
    void anOldSequenceThatCameRoundUnseenIsFoundInTwoExaminations() {
        image.key(5, 5);
        reader.attempt();
        byte[] other = {1};
        image.commit(5, RegionImage.headerOf(5, true, other), other);
        assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
        reader.reexamine();
        assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
        reader.reexamine();
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.restarted()).isTrue();
        reader.reexamine();
        reader.reexamine();
        assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
    }

    @Test
    void aFrameThatIsBeingWrittenIsNotTakenForAnOldNumber() {
        image.key(5, 5);
        reader.attempt();
        image.header(RegionImage.headerOf(6, true, RegionImage.payloadOf(6)));
        for (int i = 0; i < 4; i++) {
            reader.reexamine();
        }
        assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
    }

    @Test
    void anOldNumberThatCannotBeReadIsGivenUpForGood() {
        image.key(5, 5);
        reader.attempt();
        image.commit(5, RegionImage.headerOf(4, true, (byte) 1), (byte) 2);
        reader.reexamine();
        reader.reexamine();
        assertThat(reader.attempt()).isEqualTo(CRC_MISMATCH);
        reader.giveUp();
        for (int i = 0; i < 4; i++) {
            reader.reexamine();
        }
        assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
    }

    @Test
    void forgottenContinuityMeansNoGapButAClosedGate() {
        image.key(1, 1);
        reader.attempt();
        reader.forgetContinuity();
        image.delta(9, 9);
        assertThat(reader.attempt()).isEqualTo(SKIPPED_NON_KEYFRAME);
        assertThat(reader.lostFrames()).isZero();
        image.key(10, 10);
        assertThat(reader.attempt()).isEqualTo(FRAME);
    }

    @Test
    void anotherRegionIsANewWriterEvenIfItsNumbersGoOn() {
        image.key(5, 5);
        reader.attempt();
        RegionImage other = RegionImage.inMemory(128).delta(6, 6);
        reader.detach();
        assertThat(reader.attach(other.region())).as("a restart").isTrue();
        assertThat(reader.attempt()).isEqualTo(SKIPPED_NON_KEYFRAME);
        assertThat(reader.restarted()).isFalse();
        assertThat(reader.lostFrames()).isZero();
    }

    @Test
    void aFrameGivenUpAsTooLongIsReadOnceTheRegionHasGrown() {
        image.key(5, 5);
        image.region().cutShort(48);
        FrameReader early = FrameReader.builder(image.region()).build();
        assertThat(early.attempt()).isEqualTo(INVALID_LENGTH);
        early.giveUp();
        image.region().cutShort(128);
        assertThat(early.attempt()).isEqualTo(NO_NEW_FRAME);
        early.regionGrew();
        assertThat(early.attempt()).isEqualTo(FRAME);
    }
}
