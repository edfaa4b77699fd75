package io.sdros.transport.undertow.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every case is fed whole, byte by byte, and cut in two at every place: the events must be the same. */
class FrameParserTest {

    private static final String MASK = "37fa213d";

    private static final class Recorder implements FrameEvents {

        final List<String> events = new ArrayList<>();

        @Override
        public void onPing(byte[] payload) {
            events.add("ping " + HexFormat.of().formatHex(payload));
        }

        @Override
        public void onPong() {
            events.add("pong");
        }

        @Override
        public void onMessage(int lengthBytes) {
            events.add("message " + lengthBytes);
        }

        @Override
        public void onClose(int code) {
            events.add("close " + code);
        }

        @Override
        public void onViolation(int closeCode, String reason) {
            events.add("violation " + closeCode);
        }
    }

    private static List<String> events(byte[] bytes) {
        List<String> whole = fed(bytes, bytes.length);
        assertThat(fed(bytes, 1)).as("byte by byte").isEqualTo(whole);
        for (int at = 1; at < Math.min(bytes.length, 400); at++) {
            assertThat(fed(bytes, at, bytes.length - at)).as("cut at %d", at).isEqualTo(whole);
        }
        return whole;
    }

    private static List<String> fed(byte[] bytes, int... sizes) {
        Recorder recorder = new Recorder();
        FrameParser parser = new FrameParser(recorder);
        int from = 0;
        for (int i = 0; from < bytes.length; i++) {
            int size = Math.min(sizes[Math.min(i, sizes.length - 1)], bytes.length - from);
            ByteBuffer piece = ByteBuffer.wrap(bytes, from, size);
            parser.feed(piece);
            assertThat(piece.hasRemaining()).isFalse();
            from += size;
        }
        return recorder.events;
    }

    @Test
    void theRfcsOwnMaskedHello() {
        assertThat(events(Bytes.hex("818537fa213d7f9f4d5158"))).containsExactly("message 5");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536})
    void everyLengthEncoding(int length) {
        assertThat(fed(Bytes.frame(0x82, new byte[length]), 3000)).containsExactly("message " + length);
    }

    @Test
    void manyFramesInOnePiece() {
        byte[] bytes = Bytes.join(Bytes.text("a"), Bytes.frame(0x89, Bytes.utf8("p")), Bytes.frame(0x8A, new byte[0]),
                Bytes.frame(0x82, new byte[300]), Bytes.close(1000, "bye"));
        assertThat(events(bytes)).containsExactly("message 1", "ping 70", "pong", "message 300", "close 1000");
    }

    @Test
    void controlFramesBetweenFragments() {
        byte[] bytes = Bytes.join(Bytes.frame(0x01, Bytes.utf8("Hel")), Bytes.frame(0x89, new byte[125]),
                Bytes.frame(0x00, Bytes.utf8("lo")), Bytes.frame(0x8A, new byte[0]), Bytes.frame(0x80, new byte[0]));
        assertThat(events(bytes)).containsExactly("ping " + "00".repeat(125), "pong", "message 5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"83", "84", "85", "86", "87", "8b", "8c", "8d", "8e", "8f", "03", "0f"})
    void reservedOpcodes(String firstByte) {
        assertThat(events(Bytes.hex(firstByte + "80" + MASK))).containsExactly("violation 1002");
    }

    @ParameterizedTest
    @ValueSource(strings = {"c1", "a1", "91", "f1", "c9", "98"})
    void reservedBits(String firstByte) {
        assertThat(events(Bytes.hex(firstByte + "80" + MASK))).containsExactly("violation 1002");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8100", "8105 48656c6c6f", "8900", "8800", "827e0100", "00 00"})
    void unmaskedFrames(String hex) {
        String started = hex.startsWith("00") ? "0180" + MASK : "";
        assertThat(events(Bytes.hex(started + hex))).containsExactly("violation 1002");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0980", "0880", "0a80"})
    void fragmentedControlFrames(String hex) {
        assertThat(events(Bytes.hex(hex + MASK))).containsExactly("violation 1002");
    }

    @ParameterizedTest
    @ValueSource(strings = {"89fe007e", "88fe", "8aff"})
    void controlFramesOver125Bytes(String hex) {
        assertThat(events(Bytes.hex(hex))).containsExactly("violation 1002");
    }

    @Test
    void continuationWithoutAMessage() {
        assertThat(events(Bytes.frame(0x80, new byte[1]))).containsExactly("violation 1002");
        assertThat(events(Bytes.join(Bytes.text("a"), Bytes.frame(0x80, new byte[1]))))
                .containsExactly("message 1", "violation 1002");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x81, 0x01, 0x82, 0x02})
    void messageWithinAMessage(int firstByte) {
        assertThat(events(Bytes.join(Bytes.frame(0x02, new byte[1]), Bytes.frame(firstByte, new byte[1]))))
                .containsExactly("violation 1002");
    }

    @ParameterizedTest
    @ValueSource(strings = {"82fe0000", "82fe007d", "82ff0000000000000000", "82ff000000000000007e",
        "82ff000000000000ffff"})
    void lengthsNotInTheirShortestForm(String hex) {
        assertThat(events(Bytes.hex(hex))).containsExactly("violation 1002");
    }

    @Test
    void highBitOfA64BitLength() {
        assertThat(events(Bytes.hex("82ff8000000000000000"))).containsExactly("violation 1002");
        assertThat(events(Bytes.hex("82ffffffffffffffffff"))).containsExactly("violation 1002");
    }

    @ParameterizedTest
    @ValueSource(strings = {"82ff0000000000010001", "82ff7fffffffffffffff", "81ff0000000100000000"})
    void tooBigIsKnownFromTheLengthAlone(String hex) {
        assertThat(events(Bytes.hex(hex))).containsExactly("violation 1009");
    }

    @Test
    void tooBigOverAllFragments() {
        byte[] most = Bytes.frame(0x02, new byte[65_535]);
        assertThat(fed(Bytes.join(most, Bytes.frame(0x80, new byte[1])), 5000)).containsExactly("message 65536");
        assertThat(fed(Bytes.join(most, Bytes.frame(0x80, new byte[2])), 5000)).containsExactly("violation 1009");
        assertThat(fed(Bytes.join(most, Bytes.frame(0x00, new byte[1]), Bytes.frame(0x80, new byte[1])), 5000))
                .containsExactly("violation 1009");
    }

    @Test
    void theSizeCountsPerMessage() {
        byte[] big = Bytes.frame(0x82, new byte[60_000]);
        assertThat(fed(Bytes.join(big, big), 5000)).containsExactly("message 60000", "message 60000");
    }

    @Test
    void charactersMayBeSplitOverFragments() {
        byte[] text = Bytes.utf8("κόσμε 😀");
        for (int at = 0; at <= text.length; at++) {
            byte[] first = Arrays.copyOf(text, at);
            byte[] second = Arrays.copyOfRange(text, at, text.length);
            assertThat(events(Bytes.join(Bytes.frame(0x01, first), Bytes.frame(0x89, new byte[0]),
                    Bytes.frame(0x80, second)))).containsExactly("ping ", "message " + text.length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "c0af", "c1bf", "e080af", "f08080af", "eda080", "f4908080", "f5", "ff", "e28280e2ff",
        "ceba e1bdb9 cf83 cebc ceb5 eda080 656469746564"})
    void textThatIsNotUtf8(String hex) {
        assertThat(events(Bytes.frame(0x81, Bytes.hex(hex)))).containsExactly("violation 1007");
    }

    @Test
    void badTextIsReportedBeforeTheFrameIsComplete() {
        byte[] frame = Bytes.frame(0x81, Bytes.hex("ff4141414141"));
        assertThat(fed(Arrays.copyOf(frame, 7), 7)).containsExactly("violation 1007");
    }

    @Test
    void textThatEndsWithinACharacter() {
        assertThat(events(Bytes.frame(0x81, Bytes.hex("e282")))).containsExactly("violation 1007");
        assertThat(events(Bytes.join(Bytes.frame(0x01, Bytes.hex("e2")), Bytes.frame(0x80, Bytes.hex("82")))))
                .containsExactly("violation 1007");
    }

    @Test
    void theNextTextStartsAfresh() {
        assertThat(events(Bytes.join(Bytes.frame(0x82, Bytes.hex("e282")), Bytes.text("a"))))
                .containsExactly("message 2", "message 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
        3000, 3999, 4000, 4999})
    void legalCloseCodes(int code) {
        assertThat(events(Bytes.close(code, "why"))).containsExactly("close " + code);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535})
    void illegalCloseCodes(int code) {
        assertThat(events(Bytes.close(code, ""))).containsExactly("violation 1002");
    }

    @Test
    void closeWithoutCodeAndWithHalfACode() {
        assertThat(events(Bytes.frame(0x88, new byte[0]))).containsExactly("close 1005");
        assertThat(events(Bytes.frame(0x88, new byte[1]))).containsExactly("violation 1002");
    }

    @ParameterizedTest
    @CsvSource({"e282ac, close 1000", "e282, violation 1007", "ff, violation 1007"})
    void closeReasonsAreUtf8(String reasonHex, String event) {
        assertThat(events(Bytes.frame(0x88, Bytes.hex("03e8" + reasonHex)))).containsExactly(event);
    }

    @Test
    void aCloseReasonIsNoPartOfAnOpenText() {
        assertThat(events(Bytes.join(Bytes.frame(0x01, Bytes.hex("e2")), Bytes.close(1000, "ok"))))
                .containsExactly("close 1000");
    }

    @Test
    void nothingIsReportedAfterTheEnd() {
        assertThat(events(Bytes.join(Bytes.close(1000, ""), Bytes.text("a"), Bytes.hex("ffff"))))
                .containsExactly("close 1000");
        assertThat(events(Bytes.join(Bytes.hex("8100"), Bytes.text("a"), Bytes.close(1000, ""))))
                .containsExactly("violation 1002");
    }
}
