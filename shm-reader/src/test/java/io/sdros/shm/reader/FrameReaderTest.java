package io.sdros.shm.reader;

import static io.sdros.shm.reader.ReadOutcome.BAD_HEADER;
import static io.sdros.shm.reader.ReadOutcome.CRC_MISMATCH;
import static io.sdros.shm.reader.ReadOutcome.FRAME;
import static io.sdros.shm.reader.ReadOutcome.INVALID_LENGTH;
import static io.sdros.shm.reader.ReadOutcome.NO_NEW_FRAME;
import static io.sdros.shm.reader.ReadOutcome.SKIPPED_NON_KEYFRAME;
import static io.sdros.shm.reader.ReadOutcome.TORN_READ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.RegionLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** One attempt, step by step. What the numbers of successive frames mean is in {@link FrameReaderOrderTest}. */
class FrameReaderTest {

    private long nanos = 777;
    private final RegionImage image = RegionImage.inMemory(128);
    private final FrameReader reader =
            FrameReader.builder(image.region()).headroomBytes(11).nanoClock(() -> nanos).build();
    private final FrameReader trusting =
            FrameReader.builder(image.region()).crcEnabled(false).nanoClock(() -> nanos).build();

    @Test
    void nothingIsCommittedYet() {
        image.key(1, 1).sequence(0);
        assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
        assertThatThrownBy(reader::frame).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void readsAFrameOnce() {
        byte[] payload = {9, 8, 7};
        FrameHeader header = new FrameHeader(5, 6, 3, 0xFF03, 77,
                RegionImage.headerOf(6, true, payload).crc32(), 0xABCD);
        image.commit(4, header, payload);

        assertThat(reader.attempt()).isEqualTo(FRAME);
        Frame frame = reader.frame();
        assertThat(frame.header()).isEqualTo(header);
        assertThat(frame.frameId()).isEqualTo(5);
        assertThat(frame.frameSeq()).isEqualTo(6);
        assertThat(frame.sizeBytes()).isEqualTo(3);
        assertThat(frame.flags()).isEqualTo(0xFF03);
        assertThat(frame.codec()).isEqualTo(77);
        assertThat(frame.crc32()).isEqualTo(header.crc32());
        assertThat(frame.keyframe()).isTrue();
        assertThat(frame.readNanos()).isEqualTo(777);
        assertThat(reader.sequence()).isEqualTo(4);

        assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
        assertThatThrownBy(reader::frame).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFrameIsOneExactArrayWithRoomInFront() {
        image.key(1, 1);
        reader.attempt();
        Frame frame = reader.frame();

        assertThat(frame.array()).hasSize(11 + 32 + 5);
        assertThat(frame.headerOffset()).isEqualTo(11);
        assertThat(frame.lengthBytes()).isEqualTo(37);
        assertThat(Arrays.copyOf(frame.array(), 11)).containsOnly(0);
        byte[] region = new byte[37];
        image.memory().get(RegionLayout.HEADER_OFFSET, region);
        assertThat(frame.headerAndPayload()).isEqualTo(ByteBuffer.wrap(region));
        assertThat(frame.payload()).isEqualTo(ByteBuffer.wrap(RegionImage.payloadOf(1)));
        assertThat(frame.payload().isReadOnly()).isTrue();
        assertThat(frame.headerAndPayload().isReadOnly()).isTrue();
    }

    @Test
    void framesAreIndependentOfTheRegionAndOfEachOther() {
        image.key(1, 1);
        reader.attempt();
        Frame first = reader.frame();
        image.key(2, 2);
        reader.attempt();

        assertThat(first.payload()).isEqualTo(ByteBuffer.wrap(RegionImage.payloadOf(1)));
        assertThat(reader.frame().array()).isNotSameAs(first.array());
    }

    @Test
    void refusesLengthsNoFrameCanHave() {
        image.key(1, 1);
        for (long length : new long[] {0, 1, 31, 128 - 16 + 1, 1L << 32, (1L << 32) + 37, -1, Long.MIN_VALUE}) {
            assertThat(image.writeLength(length)).isNotNull();
            assertThat(reader.attempt()).as("length %d", length).isEqualTo(INVALID_LENGTH);
        }
        image.writeLength(37);
        assertThat(reader.attempt()).isEqualTo(FRAME);
    }

    @Test
    void readsTheLargestAndTheEmptyFrame() {
        byte[] largest = new byte[128 - 48];
        Arrays.fill(largest, (byte) 1);
        image.commit(1, RegionImage.headerOf(1, true, largest), largest);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.frame().payload()).isEqualTo(ByteBuffer.wrap(largest));

        image.commit(2, RegionImage.headerOf(2, true));
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.frame().sizeBytes()).isZero();
    }

    @Test
    void refusesASizeThatDisagreesWithTheLength() {
        image.key(1, 1).writeLength(38);
        assertThat(reader.attempt()).isEqualTo(BAD_HEADER);
        image.writeLength(36);
        assertThat(reader.attempt()).isEqualTo(BAD_HEADER);
        image.writeLength(37).header(new FrameHeader(1, 1, (1L << 32) - 27, 1, 1, 0, 0));
        assertThat(reader.attempt()).isEqualTo(BAD_HEADER);
    }

    @Test
    void refusesAPayloadThatIsNotWhatTheCrcWasMadeFrom() {
        image.key(1, 1);
        for (int i = 0; i < 5; i++) {
            byte good = image.memory().get(48 + i);
            image.memory().put(48 + i, (byte) (good ^ 0x10));
            assertThat(reader.attempt()).isEqualTo(CRC_MISMATCH);
            image.memory().put(48 + i, good);
        }
        assertThat(reader.crcLikelyOff()).isFalse();
        assertThat(reader.attempt()).isEqualTo(FRAME);
    }

    @Test
    void doesNotLookAtTheCrcIfToldButWaitsUntilTheFirstFrameIsSurelyWhole() {
        image.key(1, 1).payload((byte) 99);
        assertThat(trusting.attempt()).isEqualTo(TORN_READ);
        nanos += InFlightGuard.SETTLED_NANOS - 1;
        assertThat(trusting.attempt()).isEqualTo(TORN_READ);
        nanos++;
        assertThat(trusting.attempt()).isEqualTo(FRAME);
        image.delta(2, 2).payload((byte) 99);
        assertThat(trusting.attempt()).isEqualTo(FRAME);
    }

    @Test
    void withoutCrcWhatAKilledWriterLeftIsNotReadByWhoComesLate() {
        // Header 8 and the first byte of its payload over frame 7, which was just as long.
        image.key(7, 7).header(RegionImage.headerOf(8, true, RegionImage.payloadOf(8))).payload((byte) 8);
        for (int i = 0; i < 100; i++) {
            assertThat(trusting.attempt()).isEqualTo(TORN_READ);
            nanos += 1_000_000;
        }
        trusting.giveUp();
        assertThat(trusting.attempt()).isEqualTo(NO_NEW_FRAME);

        image.sequence(0);
        assertThat(trusting.attempt()).isEqualTo(NO_NEW_FRAME);
        image.key(1, 1);
        assertThat(trusting.attempt()).isEqualTo(TORN_READ);
        nanos += 3_000_000;
        assertThat(trusting.attempt()).isEqualTo(FRAME);
    }

    @Test
    void withoutCrcAFrameInFlightIsNotRead() {
        readFirstFrameWithoutCrc();
        // The writer has committed frame 2 and is storing the payload of frame 3, which has the same length.
        image.delta(3, 3).sequence(2);
        assertThat(trusting.attempt()).isEqualTo(TORN_READ);
        nanos += 4 * InFlightGuard.SETTLED_NANOS;
        assertThat(trusting.attempt()).isEqualTo(TORN_READ);
        image.sequence(3);
        assertThat(trusting.attempt()).isEqualTo(SKIPPED_NON_KEYFRAME);
        assertThat(trusting.lostFrames()).isEqualTo(1);
    }

    @Test
    void withoutCrcAWriterThatCountsOtherwiseIsReadAgainAfterOneFrameWasGivenUp() {
        readFirstFrameWithoutCrc();
        image.key(2, 3);
        assertThat(trusting.attempt()).isEqualTo(TORN_READ);
        trusting.giveUp();
        image.key(3, 4);
        assertThat(trusting.attempt()).isEqualTo(TORN_READ);
        nanos += InFlightGuard.SETTLED_NANOS;
        assertThat(trusting.attempt()).isEqualTo(FRAME);
    }

    private void readFirstFrameWithoutCrc() {
        image.key(1, 1);
        trusting.attempt();
        nanos += InFlightGuard.SETTLED_NANOS;
        assertThat(trusting.attempt()).isEqualTo(FRAME);
    }

    @Test
    void suspectsAWriterWithoutCrcOnlyIfEveryMismatchHasZero() {
        assertThat(reader.crcLikelyOff()).isFalse();
        image.commit(1, new FrameHeader(1, 1, 2, 1, 1, 0, 0), (byte) 1, (byte) 2);
        assertThat(reader.attempt()).isEqualTo(CRC_MISMATCH);
        assertThat(reader.crcLikelyOff()).isTrue();
        image.commit(2, new FrameHeader(1, 2, 2, 1, 1, 5, 0), (byte) 1, (byte) 2);
        assertThat(reader.attempt()).isEqualTo(CRC_MISMATCH);
        assertThat(reader.crcLikelyOff()).isFalse();
    }

    @Test
    void noticesEveryChangeBetweenTheCopyAndTheSecondLook() {
        Runnable[] changes = {
            () -> image.sequence(2),
            () -> image.sequence(0),
            () -> image.writeLength(0),
            () -> image.writeLength(38),
            () -> image.memory().put(16, (byte) 1),
            () -> image.memory().put(24, (byte) 9),
            () -> image.memory().put(36, (byte) 9),
            () -> image.memory().put(40, (byte) 9),
            () -> image.memory().put(47, (byte) 9),
        };
        for (Runnable change : changes) {
            image.key(1, 1);
            FrameReader hooked = FrameReader.builder(image.region()).build();
            image.region().afterFrameCopy(change);
            assertThat(hooked.attempt()).isEqualTo(TORN_READ);
            image.region().afterFrameCopy(() -> { });
        }
    }

    @Test
    void aTornReadDoesNotConsumeTheSequence() {
        int[] looks = {0};
        image.key(1, 1);
        image.region().afterFrameCopy(() -> image.writeLength(looks[0]++ == 0 ? 0 : 37));
        assertThat(reader.attempt()).isEqualTo(TORN_READ);
        assertThat(reader.unread()).isTrue();
        assertThat(reader.attempt()).isEqualTo(INVALID_LENGTH);
        image.writeLength(37);
        assertThat(reader.attempt()).isEqualTo(FRAME);
    }

    @Test
    void doesNotBelieveACopyThatEndedEarly() {
        readFirstFrameWithoutCrc();
        image.key(2, 2);
        image.region().cutShort(16 + 37 - 1);
        assertThat(trusting.attempt()).as("known to be shorter than it was").isEqualTo(TORN_READ);
        assertThat(trusting.cutShort()).isTrue();
        assertThat(trusting.attempt()).as("the size is known now").isEqualTo(INVALID_LENGTH);
        image.region().cutShort(16 + 37);
        assertThat(trusting.attempt()).isEqualTo(FRAME);
        assertThat(trusting.cutShort()).isFalse();
    }

    @Test
    void doesNotBelieveACopyDuringWhichTheRegionWasCutShortBehindTheHead() {
        readFirstFrameWithoutCrc();
        image.key(2, 2);
        // As the kernel does: the copy is as long as was asked for, and zeros from somewhere on.
        image.region().afterFrameCopy(() -> image.region().cutShort(48 + 1));
        assertThat(trusting.attempt()).isEqualTo(TORN_READ);
        assertThat(trusting.attempt()).isEqualTo(TORN_READ);
        assertThat(trusting.cutShort()).isTrue();
        image.region().afterFrameCopy(() -> { });
        image.region().cutShort(128);
        assertThat(trusting.attempt()).isEqualTo(FRAME);
    }

    @Test
    void aRegionWithoutAHeadHasNoNewFrameAndLosesNothingThatWasKnown() {
        image.key(1, 1);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        image.key(2, 2);
        for (int bytes : new int[] {15, 8, 0}) {
            image.region().cutShort(bytes);
            assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
            assertThat(reader.cutShort()).isTrue();
            assertThat(reader.restarted()).isFalse();
            assertThat(reader.sequence()).isEqualTo(1);
        }
        image.region().cutShort(128);
        assertThat(reader.attempt()).isEqualTo(FRAME);
    }

    @Test
    void aRegionThatGrowsIsReadAsFarAsItGoes() {
        image.key(1, 1);
        image.region().cutShort(48);
        FrameReader early = FrameReader.builder(image.region()).build();
        assertThat(early.attempt()).isEqualTo(INVALID_LENGTH);
        image.region().cutShort(128);
        assertThat(early.attempt()).isEqualTo(FRAME);
    }

    @Test
    void aFailedAttemptsArrayIsUsedForTheNextFrameOfThatLength() {
        image.key(1, 1).payload((byte) 99);
        assertThat(reader.attempt()).isEqualTo(CRC_MISMATCH);
        image.key(1, 1);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.frame().payload()).isEqualTo(ByteBuffer.wrap(RegionImage.payloadOf(1)));
    }

    @Test
    void leavesAGivenUpSequenceAloneUntilItChanges() {
        image.key(1, 1).payload((byte) 99);
        assertThat(reader.attempt()).isEqualTo(CRC_MISMATCH);
        reader.giveUp();
        assertThat(reader.attempt()).isEqualTo(NO_NEW_FRAME);
        image.key(2, 2);
        assertThat(reader.attempt()).isEqualTo(FRAME);
    }

    @Test
    void lookingCopiesNothingAndConsumesNothing() {
        image.key(3, 1).writeLength(0);
        assertThat(reader.look()).isEqualTo(3);
        assertThat(reader.unread()).isTrue();
        image.writeLength(37);
        assertThat(reader.attempt()).isEqualTo(FRAME);
        assertThat(reader.unread()).isFalse();
    }

    @Test
    void needsARegion() {
        reader.detach();
        assertThatThrownBy(reader::attempt).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(reader::look).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesNegativeHeadroom() {
        assertThatThrownBy(() -> FrameReader.builder(image.region()).headroomBytes(-1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
