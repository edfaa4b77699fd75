package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.shm.protocol.HistoryLayout;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reading a history in order, from where it is begun, and out of the slot what is not in it. */
class FrameReaderHistoryTest extends WrittenHistory {

    @Test
    void everyRecordIsReadInOrderWithItsTimes() {
        key();
        assertThat(readAll()).containsExactly(1L);
        assertThat(reader.history().active()).isTrue();
        long beforeNanos = System.nanoTime();
        for (int i = 0; i < 30; i++) {
            delta();
        }
        for (long seq = 2; seq <= 31; seq++) {
            assertThat(reader.attempt()).isEqualTo(ReadOutcome.FRAME);
            Frame frame = reader.frame();
            assertThat(frame.frameSeq()).isEqualTo(seq);
            assertThat(frame.commitTimeKnown()).isTrue();
            assertThat(frame.commitTimeNanos()).isBetween(beforeNanos, frame.readNanos());
            assertThat(frame.captureTimeNanos()).isEqualTo(1);
            assertThat(reader.lostFrames()).isZero();
            assertThat(reader.unread()).isEqualTo(seq < 31);
        }
        assertThat(readAll()).isEmpty();
    }

    @Test
    void whoBeginsBeginsWithTheLatestKeyframe() {
        key();
        delta();
        key();
        delta();
        delta();
        assertThat(readAll()).containsExactly(3L, 4L, 5L);
    }

    @Test
    void whoBeginsWhileARecordIsBeingCommittedBeginsWithTheLatestKeyframe() {
        key();
        delta();
        int tail = DESCRIPTOR_OFFSET + HistoryLayout.TAIL_OFFSET;
        long committed = image.memory().getLong(tail);
        // The writer has stored what the latest record is, and is about to store the tail.
        image.memory().putLong(tail, image.memory().getLong(DESCRIPTOR_OFFSET + HistoryLayout.LATEST_OFFSET));
        image.sequence(1);
        int[] copies = {0};
        image.region().beforeCopy(() -> {
            // The slot, the descriptor when it is found, and again: now the reader knows only the tail before.
            if (++copies[0] == 4) {
                image.memory().putLong(tail, committed);
            }
        });
        assertThat(readAll()).containsExactly(1L, 2L);
    }

    @Test
    void withoutAKeyframeWhoBeginsBeginsWithTheLastRecord() {
        reader = newReader(builder -> builder.keyframeGating(false));
        delta();
        delta();
        assertThat(readAll()).containsExactly(2L);
    }

    @Test
    void whoComesBackGetsTheLatestKeyframeAgainEvenIfNothingHasComeSince() {
        key();
        delta();
        assertThat(readAll()).containsExactly(1L, 2L);
        assertThat(reader.resume(false)).isTrue();
        assertThat(readAll(lost -> assertThat(lost).isZero())).containsExactly(1L, 2L);
        delta();
        key();
        delta();
        reader.look();
        assertThat(reader.resume(false)).isTrue();
        assertThat(readAll(lost -> assertThat(lost).isZero())).containsExactly(4L, 5L);
    }

    @Test
    void aReaderThatWasOvertakenGoesOnAtTheNewestKeyframe() {
        key();
        assertThat(readAll()).containsExactly(1L);
        for (int i = 2; i <= 20; i++) {
            write(i == 10 || i == 18, LARGE);
        }
        List<Long> lost = new ArrayList<>();
        assertThat(readAll(lost::add)).containsExactly(18L, 19L, 20L);
        assertThat(lost).containsExactly(16L);
        assertThat(reader.history().laps()).isEqualTo(1);
        for (int i = 21; i <= 40; i++) {
            write(false, LARGE);
        }
        assertThat(readAll(lost::add)).as("no keyframe is left").containsExactly(ReadOutcome.SKIPPED_NON_KEYFRAME);
        assertThat(lost).containsExactly(16L, 19L);
        key();
        assertThat(readAll()).containsExactly(41L);
    }

    @Test
    void aReaderThatIsOvertakenWhileItCopiesTakesNothingOfThat() {
        reader = newReader(builder -> builder.crcEnabled(false));
        key();
        assertThat(readAll()).containsExactly(1L);
        write(false, LARGE);
        image.region().afterFrameCopy(() -> {
            image.region().afterFrameCopy(() -> { });
            for (int i = 0; i < 9; i++) {
                write(i == 7, LARGE);
            }
        });
        // The descriptor is the first copy of more than a header's length, so what comes too late is the record's head.
        assertThat(readAll()).containsExactly(ReadOutcome.TORN_READ, 10L, 11L);
        int[] copies = {0};
        image.region().beforeCopy(() -> {
            // The slot, the descriptor, the head, the frame: now the second look is due.
            if (++copies[0] == 5) {
                for (int i = 0; i < 9; i++) {
                    write(i == 7, LARGE);
                }
            }
        });
        write(false, LARGE);
        assertThat(readAll()).containsExactly(ReadOutcome.TORN_READ, 20L, 21L);
        assertThat(reader.history().laps()).isEqualTo(2);
    }

    @Test
    void aFrameThatIsOnlyInTheSlotIsReadThereInItsPlace() {
        key();
        assertThat(readAll()).containsExactly(1L);
        delta();
        write(false, SLOT_ONLY);
        assertThat(readAll()).containsExactly(2L, 3L);
        assertThat(last.commitTimeKnown()).isFalse();
        assertThat(last.commitTimeNanos()).isEqualTo(last.readNanos());
        delta();
        assertThat(readAll()).containsExactly(4L);
        assertThat(last.commitTimeKnown()).isTrue();
        write(false, SLOT_ONLY);
        delta();
        List<Long> lost = new ArrayList<>();
        assertThat(readAll(lost::add)).as("overwritten in the slot").containsExactly(ReadOutcome.SKIPPED_NON_KEYFRAME);
        assertThat(lost).containsExactly(1L);
    }

    @Test
    void whatIsTooOldIsLeftOutIfThereIsANewerKeyframe() {
        key();
        assertThat(readAll()).containsExactly(1L);
        delta();
        delta();
        key();
        delta();
        clockOffsetNanos = Duration.ofSeconds(10).toNanos();
        List<Long> lost = new ArrayList<>();
        assertThat(readAll(lost::add)).containsExactly(4L, 5L);
        assertThat(lost).containsExactly(2L);
        assertThat(reader.history().skips()).isEqualTo(1);
        delta();
        delta();
        assertThat(readAll(lost::add)).as("no newer keyframe").containsExactly(6L, 7L);
        assertThat(lost).containsExactly(2L);
    }

    @Test
    void withoutALimitNothingIsTooOld() {
        reader = newReader(builder -> builder.maxLatency(Duration.ZERO));
        key();
        assertThat(readAll()).containsExactly(1L);
        delta();
        key();
        clockOffsetNanos = Duration.ofHours(1).toNanos();
        assertThat(readAll()).containsExactly(2L, 3L);
        assertThatThrownBy(() -> newReader(builder -> builder.maxLatency(Duration.ofNanos(-1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aWriterThatHasStartedOverIsReadFromItsFirstRecord() throws IOException {
        key();
        delta();
        assertThat(readAll()).containsExactly(1L, 2L);
        writer.close();
        writer = newWriter();
        reader.look();
        assertThat(reader.restarted()).isTrue();
        key();
        delta();
        key();
        assertThat(readAll()).containsExactly(1L, 2L, 3L);
        assertThat(reader.restarted()).isFalse();
    }

    @Test
    void aWriterThatHasStartedOverUnseenIsKnownByItsEpoch() throws IOException {
        key();
        assertThat(readAll()).containsExactly(1L);
        writer.close();
        writer = newWriter();
        key();
        delta();
        delta();
        assertThat(reader.attempt()).as("the old history is gone").isEqualTo(ReadOutcome.TORN_READ);
        assertThat(reader.attempt()).isEqualTo(ReadOutcome.FRAME);
        assertThat(reader.restarted()).isTrue();
        assertThat(reader.frame().frameSeq()).isEqualTo(1);
        assertThat(readAll()).containsExactly(2L, 3L);
        assertThat(reader.restarted()).isFalse();
    }

    @Test
    void anOldWriterThatTakesTheFileOverIsReadInTheSlot() {
        key();
        for (int i = 0; i < 4; i++) {
            delta();
        }
        assertThat(readAll()).containsExactly(1L, 2L, 3L, 4L, 5L);
        image.sequence(0).writeLength(0);
        assertThat(reader.look()).isZero();
        for (int seq = 1; seq <= 8; seq++) {
            reader.reexamine();
            image.key(seq, seq);
            assertThat(readAll()).containsExactly((long) seq);
            assertThat(last.commitTimeKnown()).isFalse();
        }
        assertThat(reader.history().active()).isFalse();
    }

    @Test
    void aReaderThatComesAfterAnOldWriterHasTakenTheFileOverIsNotTakenIn() {
        for (int i = 0; i < 5; i++) {
            key();
        }
        // At the ring's last number, and at the one before, too.
        clockOffsetNanos = Duration.ofSeconds(2).toNanos();
        for (int seq : new int[] {9, 5, 4, 2}) {
            image.key(seq, seq);
            reader = newReader(builder -> builder);
            assertThat(readAll()).containsExactly((long) seq);
            assertThat(last.commitTimeKnown()).as("a record").isFalse();
            image.key(seq + 1, seq + 1);
            assertThat(readAll()).containsExactly(seq + 1L);
        }
    }

    @Test
    void anOldWriterWhoseStartWasNotSeenIsReadInTheSlot() {
        key();
        assertThat(readAll()).containsExactly(1L);
        image.key(2, 2);
        assertThat(readAll()).containsExactly(2L);
        image.key(3, 3);
        assertThat(readAll()).containsExactly(3L);
    }

    @Test
    void aRecordThatIsAheadOfTheSlotIsNotReadTwice() {
        key();
        assertThat(readAll()).containsExactly(1L);
        delta();
        // The writer has stored the record, and is about to store the slot.
        image.sequence(1);
        reader.look();
        image.sequence(3);
        delta();
        image.sequence(2);
        assertThat(readAll()).containsExactly(2L, 3L);
        reader.reexamine();
        reader.reexamine();
        assertThat(readAll()).isEmpty();
        image.sequence(3);
        assertThat(readAll()).isEmpty();
    }

    @Test
    void aHistoryThatComesLaterIsUsedFromThenOn() throws IOException {
        writer.close();
        writer = ShmWriter.builder(folder.resolve("frames")).regionBytes(SLOT_BYTES).historyBytes(0).open();
        image.region().cutShort(SLOT_BYTES);
        reader = newReader(builder -> builder);
        key();
        assertThat(readAll()).containsExactly(1L);
        assertThat(reader.history().active()).isFalse();
        writer.close();
        writer = newWriter();
        image.region().cutShort(FILE_BYTES);
        reader.look();
        reader.regionGrew();
        key();
        delta();
        assertThat(readAll()).containsExactly(1L, 2L);
        assertThat(reader.history().active()).isTrue();
    }

    @Test
    void aFileWithoutItsHistoryIsReadInTheSlot() {
        key();
        assertThat(readAll()).containsExactly(1L);
        for (int bytes : new int[] {SLOT_BYTES, RING_OFFSET + 100, DESCRIPTOR_OFFSET, DESCRIPTOR_OFFSET + 100}) {
            image.region().cutShort(FILE_BYTES);
            reader = newReader(builder -> builder);
            assertThat(readAll()).isNotEmpty();
            delta();
            image.region().cutShort(bytes);
            assertThat(readAll()).as("%d bytes", bytes).containsExactly(ReadOutcome.TORN_READ, writer.framesWritten());
        }
    }

    @Test
    void whoComesBackAfterAnUnseenStartIsToldAndBeginsWithTheLatestKeyframe() throws IOException {
        key();
        assertThat(readAll()).containsExactly(1L);
        writer.close();
        writer = newWriter();
        key();
        delta();
        key();
        delta();
        assertThat(reader.resume(false)).isTrue();
        assertThat(reader.attempt()).as("the old history is gone").isEqualTo(ReadOutcome.TORN_READ);
        assertThat(reader.attempt()).isEqualTo(ReadOutcome.FRAME);
        assertThat(reader.restarted()).as("another writer's parameter sets").isTrue();
        assertThat(reader.frame().frameSeq()).isEqualTo(3);
        assertThat(readAll()).containsExactly(4L);
    }
}
