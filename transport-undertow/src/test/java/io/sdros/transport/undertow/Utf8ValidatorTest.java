package io.sdros.transport.undertow;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** Against the JDK's strict decoder. */
class Utf8ValidatorTest {

    private final Utf8Validator validator = new Utf8Validator();

    private boolean valid(byte[] bytes, int length) {
        validator.reset();
        for (int i = 0; i < length; i++) {
            if (!validator.accept(bytes[i] & 0xFF)) {
                return false;
            }
        }
        return validator.complete();
    }

    private static boolean decodable(byte[] bytes, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void everyCodePoint() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                byte[] bytes = Character.toString(point).getBytes(StandardCharsets.UTF_8);
                if (!valid(bytes, bytes.length)) {
                    throw new AssertionError("U+" + Integer.toHexString(point));
                }
            }
        }
    }

    @Test
    void everySequenceOfUpToThreeBytes() {
        byte[] bytes = new byte[3];
        for (int value = 0; value < 1 << 24; value++) {
            bytes[0] = (byte) (value >>> 16);
            bytes[1] = (byte) (value >>> 8);
            bytes[2] = (byte) value;
            // Pure ASCII in front adds nothing; what remains is checked with all its shorter forms.
            if (bytes[0] < 0) {
                check(bytes, 3);
                if (bytes[2] == 0) {
                    check(bytes, 2);
                }
            }
        }
        for (int value = 0; value < 256; value++) {
            bytes[0] = (byte) value;
            check(bytes, 1);
        }
    }

    @Test
    void fourByteSequencesAtTheirEdges() {
        int[] leads = {0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF};
        int[] others = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
        for (int lead : leads) {
            for (int second : others) {
                for (int third : others) {
                    for (int fourth : others) {
                        check(new byte[] {(byte) lead, (byte) second, (byte) third, (byte) fourth}, 4);
                    }
                }
            }
        }
    }

    @Test
    void randomBytesAndRandomlyDamagedText() {
        Random random = new Random(6455);
        byte[] text = "aé€😀".repeat(3).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = text.clone();
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            check(bytes, 1 + random.nextInt(bytes.length));
        }
    }

    private void check(byte[] bytes, int length) {
        if (valid(bytes, length) != decodable(bytes, length)) {
            assertThat(valid(bytes, length)).as(HexFormat.of().formatHex(bytes, 0, length))
                    .isEqualTo(decodable(bytes, length));
        }
    }
}
