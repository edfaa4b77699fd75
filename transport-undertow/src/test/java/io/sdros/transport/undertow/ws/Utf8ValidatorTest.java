package io.sdros.transport.undertow.ws;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against the JDK's strict decoder. */
class Utf8ValidatorTest {

    private static final int[] EDGES = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};

    private final Utf8Validator validator = new Utf8Validator();
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private final CharBuffer decoded = CharBuffer.allocate(64);

    private boolean valid(byte[] bytes, int length) {
        validator.reset();
        for (int i = 0; i < length; i++) {
            if (!validator.accept(bytes[i] & 0xFF)) {
                return false;
            }
        }
        return validator.complete();
    }

    private boolean decodable(byte[] bytes, int length) {
        return !decoder.reset().decode(ByteBuffer.wrap(bytes, 0, length), decoded.clear(), true).isError();
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
    void everyPairOfBytesAndWhatMayFollow() {
        for (int first = 0; first < 256; first++) {
            check(new byte[] {(byte) first}, 1);
            for (int second = 0; second < 256; second++) {
                check(new byte[] {(byte) first, (byte) second}, 2);
                for (int third : EDGES) {
                    check(new byte[] {(byte) first, (byte) second, (byte) third}, 3);
                }
            }
        }
    }

    @Test
    void fourByteSequencesAtTheirEdges() {
        int[] leads = {0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF};
        for (int lead : leads) {
            for (int second : EDGES) {
                for (int third : EDGES) {
                    for (int fourth : EDGES) {
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
        for (int i = 0; i < 200_000; i++) {
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
