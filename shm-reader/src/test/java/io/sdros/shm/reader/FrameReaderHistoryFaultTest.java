package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.HistoryLayout;
import io.sdros.shm.protocol.HistoryRecordLayout;
import org.junit.jupiter.api.Test;

/** Reading a history that is not as it should be. */
class FrameReaderHistoryFaultTest extends WrittenHistory {

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
