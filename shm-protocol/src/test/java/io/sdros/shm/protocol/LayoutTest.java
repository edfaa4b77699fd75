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
    void thePayloadGetsWhatIsLeft() {
        assertThat(RegionLayout.maxPayloadBytes(48)).isZero();
        assertThat(RegionLayout.maxPayloadBytes(4194304)).isEqualTo(4194256);
        assertThat(RegionLayout.maxPayloadBytes(1L << 40)).isEqualTo(Integer.MAX_VALUE - 48);
        assertThatThrownBy(() -> RegionLayout.maxPayloadBytes(47)).isInstanceOf(IllegalArgumentException.class);
    }
}
