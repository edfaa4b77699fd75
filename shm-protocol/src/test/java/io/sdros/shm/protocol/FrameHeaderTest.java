package io.sdros.shm.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FrameHeaderTest {

    /** Python: struct.pack('<QQIHHiI', 1, 42, 1024, 1, 1, -559038737, 0). */
    private static final byte[] VECTOR = HexFormat.of()
            .parseHex("0100000000000000" + "2a00000000000000" + "00040000" + "0100" + "0100" + "efbeadde" + "00000000");
    private static final FrameHeader DECODED = new FrameHeader(1, 42, 1024, 1, 1, -559038737, 0);

    @Test
    void decodesTheKnownVector() {
        assertThat(FrameHeader.decode(VECTOR, 0)).isEqualTo(DECODED);
        assertThat(FrameHeader.decode(ByteBuffer.wrap(VECTOR), 0)).isEqualTo(DECODED);
        assertThat(FrameHeader.decode(ByteBuffer.wrap(VECTOR).order(ByteOrder.LITTLE_ENDIAN), 0)).isEqualTo(DECODED);
    }

    @Test
    void encodesTheKnownVectorAtAnyOffset() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(40);
        DECODED.encode(buffer, 5);
        byte[] bytes = new byte[40];
        buffer.get(0, bytes);

        assertThat(bytes).startsWith(0, 0, 0, 0, 0).containsSubsequence(VECTOR);
        assertThat(FrameHeader.decode(buffer, 5)).isEqualTo(DECODED);
        assertThat(buffer.position()).isZero();
    }

    @Test
    void everyBitOfEveryFieldSurvives() {
        for (int bit = 0; bit < 256; bit++) {
            byte[] bytes = new byte[32];
            bytes[bit / 8] = (byte) (1 << bit % 8);
            byte[] again = new byte[32];
            FrameHeader.decode(bytes, 0).encode(again, 0);
            assertThat(again).as("bit %d", bit).isEqualTo(bytes);
        }
    }

    @Test
    void unsignedFieldsAreNotNegative() {
        byte[] ones = new byte[32];
        java.util.Arrays.fill(ones, (byte) 0xFF);
        FrameHeader header = FrameHeader.decode(ones, 0);

        assertThat(header.sizeBytes()).isEqualTo(4294967295L);
        assertThat(header.flags()).isEqualTo(65535);
        assertThat(header.codec()).isEqualTo(65535);
        assertThat(header.crc32()).isEqualTo(-1);
    }

    @Test
    void refusesWhatDoesNotFitItsField() {
        assertThatThrownBy(() -> new FrameHeader(0, 0, 1L << 32, 0, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FrameHeader(0, 0, -1, 0, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FrameHeader(0, 0, 0, 65536, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FrameHeader(0, 0, 0, 0, -1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void jpegIsAlwaysAKeyframe() {
        assertThat(new FrameHeader(0, 0, 0, 0, Codecs.JPEG, 0, 0).keyframe()).isTrue();
        assertThat(new FrameHeader(0, 0, 0, 0, Codecs.H264, 0, 0).keyframe()).isFalse();
        assertThat(new FrameHeader(0, 0, 0, FrameFlags.WRAP_MARKER, Codecs.HEVC, 0, 0).keyframe()).isFalse();
        assertThat(new FrameHeader(0, 0, 0, 0xFF01, Codecs.HEVC, 0, 0).keyframe()).isTrue();
    }

    @Test
    void codecsHaveNames() {
        assertThat(Codecs.name(Codecs.H264)).isEqualTo("h264");
        assertThat(Codecs.name(Codecs.HEVC)).isEqualTo("hevc");
        assertThat(Codecs.name(Codecs.JPEG)).isEqualTo("jpeg");
        assertThat(Codecs.name(77)).isEqualTo("unknown-77");
    }
}
