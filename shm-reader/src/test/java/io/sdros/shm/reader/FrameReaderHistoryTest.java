package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.HistoryLayout;
import io.sdros.shm.protocol.HistoryRecordLayout;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading a file that the library's writer writes, and into whose memory the test can reach. */
class FrameReaderHistoryTest {

    private static final int SLOT_BYTES = 32_768;
    private static final int RING_BYTES = 65_536;
    private static final int RING_OFFSET = SLOT_BYTES;
    private static final int DESCRIPTOR_OFFSET = RING_OFFSET + RING_BYTES;
    private static final int FILE_BYTES = DESCRIPTOR_OFFSET + HistoryLayout.DESCRIPTOR_BYTES;
    private static final int LARGE = 10_000;
    private static final int SLOT_ONLY = 20_000;

    @TempDir
    Path folder;

    private ShmWriter writer;
    private RegionImage image;
    private FrameReader reader;
    private long clockOffsetNanos;
    private Frame last;

    @BeforeEach
    void open() throws IOException {
        writer = newWriter();
        image = RegionImage.inFile(folder.resolve("frames"), FILE_BYTES);
        reader = newReader(builder -> builder);
    }

    @AfterEach
    void close() {
        writer.close();
    }

    private ShmWriter newWriter() throws IOException {
        return ShmWriter.builder(folder.resolve("frames")).regionBytes(SLOT_BYTES).historyBytes(RING_BYTES).bell(false)
                .open();
    }

    private FrameReader newReader(UnaryOperator<FrameReader.Builder> options) {
        return options.apply(FrameReader.builder(image.region()).nanoClock(() -> System.nanoTime() + clockOffsetNanos))
                .build();
    }

    private void write(boolean keyframe, int bytes) {
        byte[] payload = new byte[bytes];
        payload[0] = (byte) (writer.framesWritten() + 1);
        assertThat(writer.write(ByteBuffer.wrap(payload), 0, keyframe ? FrameFlags.KEYFRAME : 0, Codecs.H264, 1)).isTrue();
    }

    private void key() {
        write(true, 100);
    }

    private void delta() {
        write(false, 100);
    }

    /** The numbers of all frames that can be read now; anything but frames and their end is noted, too. */
    private List<Object> readAll(LongConsumer... lost) {
        List<Object> seen = new ArrayList<>();
        for (ReadOutcome outcome = reader.attempt(); outcome != ReadOutcome.NO_NEW_FRAME; outcome = reader.attempt()) {
            if (reader.lostFrames() != 0 && lost.length > 0) {
                lost[0].accept(reader.lostFrames());
            }
            if (outcome == ReadOutcome.FRAME) {
                assertThat(reader.frame().payload().get(0)).isEqualTo((byte) reader.frame().frameSeq());
                last = reader.frame();
                seen.add(last.frameSeq());
            } else {
                seen.add(outcome);
            }
            assertThat(seen).as("an end").hasSizeLessThan(100);
        }
        return seen;
    }

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
        assertThat(reader.resume()).isTrue();
        assertThat(readAll(lost -> assertThat(lost).isZero())).containsExactly(1L, 2L);
        delta();
        key();
        delta();
        reader.look();
        assertThat(reader.resume()).isTrue();
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
        for (int seq : new int[] {9, 2}) {
            image.key(seq, seq);
            reader = newReader(builder -> builder);
            assertThat(readAll()).containsExactly((long) seq);
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
    void aRecordWhoseCrcIsWrongIsGivenUpAndTheNextIsRead() {
        key();
        assertThat(readAll()).containsExactly(1L);
        key();
        key();
        image.memory().put(RING_OFFSET + 192 + HistoryRecordLayout.PAYLOAD_OFFSET + 50, (byte) 1);
        assertThat(reader.attempt()).isEqualTo(ReadOutcome.CRC_MISMATCH);
        assertThat(reader.attempt()).isEqualTo(ReadOutcome.CRC_MISMATCH);
        reader.giveUp();
        assertThat(readAll()).containsExactly(3L);
        assertThat(reader.attempt()).isEqualTo(ReadOutcome.NO_NEW_FRAME);
    }

    @Test
    void whatIsNoRecordIsGivenUpWithAllBehindIt() {
        key();
        assertThat(readAll()).containsExactly(1L);
        key();
        key();
        image.memory().putInt(RING_OFFSET + 192 + HistoryRecordLayout.LENGTH_OFFSET, 191);
        assertThat(reader.attempt()).isEqualTo(ReadOutcome.BAD_HEADER);
        reader.giveUp();
        assertThat(readAll()).isEmpty();
        key();
        assertThat(readAll()).containsExactly(4L);
    }

    @Test
    void numbersThatDoNotAgreeAreTornAndThenLeftAlone() {
        key();
        assertThat(readAll()).containsExactly(1L);
        delta();
        int intent = DESCRIPTOR_OFFSET + HistoryLayout.TAIL_INTENT_OFFSET;
        long before = image.memory().getLong(intent);
        image.memory().putLong(intent, before - 64);
        assertThat(reader.attempt()).isEqualTo(ReadOutcome.TORN_READ);
        image.memory().putLong(intent, before);
        assertThat(readAll()).containsExactly(2L);
        delta();
        image.memory().putLong(intent, -1);
        assertThat(reader.attempt()).isEqualTo(ReadOutcome.TORN_READ);
        reader.giveUp();
        assertThat(readAll()).as("out of the slot").containsExactly(3L);
    }

    @Test
    void aDescriptorWithAnyFieldWrongIsNone() {
        key();
        long[][] wrong = {{HistoryLayout.MAGIC_OFFSET, 0}, {HistoryLayout.VERSION_OFFSET, 2},
            {HistoryLayout.SLOT_BYTES_OFFSET, SLOT_BYTES - 4096}, {HistoryLayout.SLOT_BYTES_OFFSET, 47},
            {HistoryLayout.SLOT_BYTES_OFFSET, -1}, {HistoryLayout.RING_OFFSET_OFFSET, RING_OFFSET + 4096},
            {HistoryLayout.RING_BYTES_OFFSET, RING_BYTES / 2}, {HistoryLayout.RING_BYTES_OFFSET, RING_BYTES + 64},
            {HistoryLayout.RING_BYTES_OFFSET, 0}, {HistoryLayout.RING_BYTES_OFFSET, 1L << 62},
            {HistoryLayout.EPOCH_OFFSET, 0}, {HistoryLayout.TAIL_INTENT_OFFSET, 1L << 62},
            {HistoryLayout.TAIL_OFFSET, -64}, {HistoryLayout.TAIL_OFFSET, 1}};
        for (long[] field : wrong) {
            int at = DESCRIPTOR_OFFSET + (int) field[0];
            long right = image.memory().getLong(at);
            image.memory().putLong(at, field[1]);
            reader = newReader(builder -> builder);
            assertThat(readAll()).as("%d at %d", field[1], field[0]).containsExactly(1L);
            assertThat(reader.history().active()).as("%d at %d", field[1], field[0]).isFalse();
            image.memory().putLong(at, right);
        }
        reader = newReader(builder -> builder);
        assertThat(readAll()).containsExactly(1L);
        assertThat(reader.history().active()).isTrue();
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
        assertThat(reader.resume()).isTrue();
        assertThat(reader.attempt()).as("the old history is gone").isEqualTo(ReadOutcome.TORN_READ);
        assertThat(reader.attempt()).isEqualTo(ReadOutcome.FRAME);
        assertThat(reader.restarted()).as("another writer's parameter sets").isTrue();
        assertThat(reader.frame().frameSeq()).isEqualTo(3);
        assertThat(readAll()).containsExactly(4L);
    }

    @Test
    void aLookThatIsTornWhenTheHistoryIsLookedAfterLosesNothing() {
        key();
        assertThat(readAll()).containsExactly(1L);
        delta();
        delta();
        reader.reexamine();
        int intent = DESCRIPTOR_OFFSET + HistoryLayout.TAIL_INTENT_OFFSET;
        long before = image.memory().getLong(intent);
        image.memory().putLong(intent, before - 64);
        assertThat(reader.attempt()).isEqualTo(ReadOutcome.TORN_READ);
        image.memory().putLong(intent, before);
        assertThat(readAll()).containsExactly(2L, 3L);
        assertThat(reader.history().active()).isTrue();
    }

    /** Of a writer without fences, on a processor that needs them: what is there is the record of a round before. */
    @Test
    void aRecordThatIsBehindItsTailIsNotAnOldOne() {
        for (int i = 0; i < 4; i++) {
            write(true, 16_384 - HistoryRecordLayout.PAYLOAD_OFFSET);
        }
        assertThat(readAll()).containsExactly(4L);
        image.memory().putLong(DESCRIPTOR_OFFSET + HistoryLayout.TAIL_INTENT_OFFSET, 5 * 16_384);
        image.memory().putLong(DESCRIPTOR_OFFSET + HistoryLayout.TAIL_OFFSET, 5 * 16_384);
        image.sequence(5);
        assertThat(reader.attempt()).isEqualTo(ReadOutcome.TORN_READ);
        write(true, 16_384 - HistoryRecordLayout.PAYLOAD_OFFSET);
        assertThat(readAll()).containsExactly(5L);
        assertThat(reader.restarted()).isFalse();
    }
}
