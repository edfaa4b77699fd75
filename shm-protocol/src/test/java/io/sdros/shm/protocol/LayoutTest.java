package io.sdros.shm.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LayoutTest {

    @Test
    void regionFieldsAreWhereExistingWritersPutThem() {
        assertThat(RegionLayout.SEQUENCE_OFFSET).isEqualTo(0);
        assertThat(RegionLayout.WRITE_LENGTH_OFFSET).isEqualTo(8);
        assertThat(RegionLayout.HEADER_OFFSET).isEqualTo(16);
        assertThat(RegionLayout.PAYLOAD_OFFSET).isEqualTo(48);
        assertThat(RegionLayout.MIN_REGION_BYTES).isEqualTo(48);
        assertThat(RegionLayout.DEFAULT_REGION_BYTES).isEqualTo(4194304);
    }

    @Test
    void headerFieldsAreWhereExistingWritersPutThem() {
        assertThat(FrameHeaderLayout.FRAME_ID_OFFSET).isEqualTo(0);
        assertThat(FrameHeaderLayout.FRAME_SEQ_OFFSET).isEqualTo(8);
        assertThat(FrameHeaderLayout.SIZE_OFFSET).isEqualTo(16);
        assertThat(FrameHeaderLayout.FLAGS_OFFSET).isEqualTo(20);
        assertThat(FrameHeaderLayout.CODEC_OFFSET).isEqualTo(22);
        assertThat(FrameHeaderLayout.CRC32_OFFSET).isEqualTo(24);
        assertThat(FrameHeaderLayout.RESERVED_OFFSET).isEqualTo(28);
        assertThat(FrameHeaderLayout.HEADER_BYTES).isEqualTo(32);
    }

    @Test
    void theHistoryIsWhereReadersLookForIt() {
        assertThat(HistoryLayout.MAGIC_OFFSET).isEqualTo(0);
        assertThat(HistoryLayout.VERSION_OFFSET).isEqualTo(8);
        assertThat(HistoryLayout.RESERVED_OFFSET).isEqualTo(12);
        assertThat(HistoryLayout.SLOT_BYTES_OFFSET).isEqualTo(16);
        assertThat(HistoryLayout.RING_OFFSET_OFFSET).isEqualTo(24);
        assertThat(HistoryLayout.RING_BYTES_OFFSET).isEqualTo(32);
        assertThat(HistoryLayout.EPOCH_OFFSET).isEqualTo(40);
        assertThat(HistoryLayout.TAIL_INTENT_OFFSET).isEqualTo(64);
        assertThat(HistoryLayout.TAIL_OFFSET).isEqualTo(128);
        assertThat(HistoryLayout.LATEST_OFFSET).isEqualTo(192);
        assertThat(HistoryLayout.LATEST_KEYFRAME_OFFSET).isEqualTo(256);
        assertThat(HistoryLayout.USED_BYTES).isEqualTo(264);
        assertThat(HistoryLayout.DESCRIPTOR_BYTES).isEqualTo(4096);
        assertThat(HistoryLayout.DEFAULT_RING_BYTES).isEqualTo(8388608);
        assertThat(HistoryLayout.ringOffset(4194304)).isEqualTo(4194304);
        assertThat(HistoryLayout.ringOffset(4194305)).isEqualTo(4198400);
        assertThat(HistoryLayout.descriptorOffset(100, 65536)).isEqualTo(4096 + 65536);
        assertThat(HistoryLayout.fileBytes(4194304, 8388608)).isEqualTo(4194304 + 8388608 + 4096);
        assertThat(HistoryLayout.maxRecordBytes(8388608)).isEqualTo(2097152);
        assertThat(HistoryLayout.isRingSize(65536)).isTrue();
        assertThat(HistoryLayout.isRingSize(32768)).isFalse();
        assertThat(HistoryLayout.isRingSize(65537)).isFalse();
        assertThat(HistoryLayout.isRingSize(1L << 31)).isFalse();
    }

    @Test
    void aRecordIsAlignedAndHasItsFrameBehindItsTimes() {
        assertThat(HistoryRecordLayout.LENGTH_OFFSET).isEqualTo(0);
        assertThat(HistoryRecordLayout.TYPE_OFFSET).isEqualTo(4);
        assertThat(HistoryRecordLayout.SEQUENCE_OFFSET).isEqualTo(8);
        assertThat(HistoryRecordLayout.CAPTURE_TIME_OFFSET).isEqualTo(16);
        assertThat(HistoryRecordLayout.COMMIT_TIME_OFFSET).isEqualTo(24);
        assertThat(HistoryRecordLayout.HEADER_OFFSET).isEqualTo(32);
        assertThat(HistoryRecordLayout.PAYLOAD_OFFSET).isEqualTo(64);
        assertThat(HistoryRecordLayout.recordBytes(0)).isEqualTo(64);
        assertThat(HistoryRecordLayout.recordBytes(1)).isEqualTo(128);
        assertThat(HistoryRecordLayout.recordBytes(64)).isEqualTo(128);
        assertThat(HistoryRecordLayout.recordBytes(0xFFFF_FFFFL)).isEqualTo(0x1_0000_0040L);
    }

    @Test
    void thePayloadGetsWhatIsLeft() {
        assertThat(RegionLayout.maxPayloadBytes(48)).isZero();
        assertThat(RegionLayout.maxPayloadBytes(4194304)).isEqualTo(4194256);
        assertThat(RegionLayout.maxPayloadBytes(1L << 40)).isEqualTo(Integer.MAX_VALUE - 48);
        assertThatThrownBy(() -> RegionLayout.maxPayloadBytes(47)).isInstanceOf(IllegalArgumentException.class);
    }
}
