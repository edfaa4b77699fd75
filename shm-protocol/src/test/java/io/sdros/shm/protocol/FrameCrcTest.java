package io.sdros.shm.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FrameCrcTest {

    /** The check value of CRC-32/ISO-HDLC, which is zlib's: crc32(b'123456789'). */
    private static final int CHECK = 0xCBF43926;
    private static final byte[] DIGITS = "x123456789x".getBytes(StandardCharsets.US_ASCII);

    @Test
    void isZlibsCrc32() {
        ByteBuffer payload = ByteBuffer.wrap(DIGITS, 1, 9);
        assertThat(FrameCrc.of(payload)).isEqualTo(CHECK);
        assertThat(payload.position()).isEqualTo(1);
        assertThat(FrameCrc.of(ByteBuffer.allocate(0))).isZero();
    }

    @Test
    void anInstanceStartsAnewEveryTime() {
        FrameCrc crc = new FrameCrc();
        assertThat(crc.sum(DIGITS, 1, 9)).isEqualTo(CHECK);
        assertThat(crc.sum(DIGITS, 1, 9)).isEqualTo(CHECK);
        assertThat(crc.sum(DIGITS, 0, 0)).isZero();
    }
}
