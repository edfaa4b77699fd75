package io.sdros.it.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class FrameStreamCheckTest {

    private static final byte[] CLOSE_1001 = {(byte) 0x88, 4, 0x03, (byte) 0xE9, 'b', 'y'};

    private final FrameStreamCheck check = new FrameStreamCheck();

    private static byte[] binary(int payloadBytes) {
        ByteBuffer frame = ByteBuffer.allocate(10 + payloadBytes).put((byte) 0x82);
        if (payloadBytes < 126) {
            frame.put((byte) payloadBytes);
        } else if (payloadBytes < 65_536) {
            frame.put((byte) 126).putShort((short) payloadBytes);
        } else {
            frame.put((byte) 127).putLong(payloadBytes);
        }
        byte[] bytes = new byte[frame.position() + payloadBytes];
        System.arraycopy(frame.array(), 0, bytes, 0, frame.position());
        return bytes;
    }

    private void feed(byte[]... frames) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            all.writeBytes(frame);
        }
        check.feed(ByteBuffer.wrap(all.toByteArray()));
    }

    @Test
    void findsTheCloseBehindFramesOfEveryLength() {
        feed(binary(0), binary(125), binary(126), binary(65_535), binary(65_536), new byte[] {(byte) 0x89, 0}, CLOSE_1001);

        assertThat(check.binaryFrames()).isEqualTo(5);
        assertThat(check.closeCode()).isEqualTo(1001);
        assertThat(check.withinFrame()).isFalse();
        assertThat(check.bytesAfterClose()).isZero();
    }

    @Test
    void takesByteAfterByte() {
        for (byte[] frame : new byte[][] {binary(300), CLOSE_1001}) {
            for (byte one : frame) {
                assertThat(check.closed()).isFalse();
                feed(new byte[] {one});
            }
        }

        assertThat(check.closeCode()).isEqualTo(1001);
    }

    @Test
    void noticesACloseWithinAFrame() {
        byte[] half = new byte[50];
        System.arraycopy(binary(100), 0, half, 0, half.length);

        feed(half, CLOSE_1001);

        assertThat(check.closed()).isFalse();
        assertThat(check.withinFrame()).isTrue();
    }

    @Test
    void noticesAFrameCutShort() {
        byte[] half = new byte[50];
        System.arraycopy(binary(100), 0, half, 0, half.length);

        assertThatThrownBy(() -> feed(half, binary(300))).isInstanceOf(AssertionError.class)
                .hasMessageContaining("begins no frame");
    }

    @Test
    void countsWhatFollowsTheClose() {
        feed(CLOSE_1001, binary(1));

        assertThat(check.closeCode()).isEqualTo(1001);
        assertThat(check.bytesAfterClose()).isEqualTo(3);
    }
}
