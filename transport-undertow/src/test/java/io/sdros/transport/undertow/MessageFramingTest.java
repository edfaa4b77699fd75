package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.transport.undertow.ws.CloseCodes;
import io.sdros.transport.undertow.ws.ControlFrames;
import io.sdros.transport.undertow.ws.OutboundFrame;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageFramingTest {

    private static byte[] bytes(OutboundFrame frame) {
        return Arrays.copyOfRange(frame.array(), frame.offset(), frame.offset() + frame.lengthBytes());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 8201", "124, 827d", "125, 827e007e", "65534, 827effff", "65535, 827f0000000000010000",
        "4194304, 827f0000000000400001",
    })
    void videoIsFramedInFrontOfTheFrameHeader(int length, String header) {
        byte[] frame = Bytes.random(length, 7);
        byte[] array = Bytes.join(new byte[VideoMessage.HEADROOM_BYTES], frame, new byte[3]);

        VideoMessage message = VideoMessage.wrap(array, VideoMessage.HEADROOM_BYTES, length);

        assertThat(forEverybody(message)).isEqualTo(Bytes.join(Bytes.hex(header + "01"), frame));
        assertThat(message.lengthBytes()).isEqualTo(header.length() / 2 + 1 + length);
        assertThat(message.timesAndFrame().array()).as("no copy").isSameAs(array);
    }

    private static byte[] forEverybody(VideoMessage message) {
        byte[] both = bytes(message.timesAndFrame());
        return Arrays.copyOfRange(both, VideoMessage.TIMES_BYTES, both.length);
    }

    @Test
    void onlyWhoSaysSoMakesOneThatMayBeLeftOut() {
        assertThat(VideoMessage.wrap(new byte[96], 64, 32).droppable()).isFalse();
        assertThat(VideoMessage.wrap(new byte[96], 64, 32, FrameTimes.seen(1), new FrameReferences(true, 0)).droppable()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 0000", "1, 0100", "258, 0201", "65535, ffff", "65536, ffff"})
    void theMessageInFrontSaysWithoutWhichFramesItCanBeDecoded(int droppableBefore, String bytes) {
        VideoMessage message = VideoMessage.wrap(new byte[96], 64, 32, FrameTimes.seen(1), new FrameReferences(false, droppableBefore));
        byte[] times = Arrays.copyOfRange(bytes(message.timesAndFrame()), 2, VideoMessage.TIMES_BYTES);
        assertThat(Arrays.copyOf(times, 4)).isEqualTo(Bytes.hex("0500" + bytes));
    }

    @Test
    void moreHeadroomThanNeededIsLeftAlone() {
        byte[] array = new byte[64 + 32];
        Arrays.fill(array, (byte) 0x55);
        VideoMessage message = VideoMessage.wrap(array, 64, 32);
        assertThat(forEverybody(message)).startsWith(0x82, 33, 1, 0x55);
        assertThat(array[64 - 3 - VideoMessage.TIMES_BYTES - 1]).isEqualTo((byte) 0x55);
    }

    @ParameterizedTest
    @CsvSource({"52, 5", "53, 90", "-1, 5", "53, -1"})
    void wrongPlacesAreRefused(int offset, int length) {
        assertThatThrownBy(() -> VideoMessage.wrap(new byte[100], offset, length))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void telemetryCarriesItsSubject() {
        TelemetryMessage message = TelemetryMessage.of("a.é", Bytes.utf8("xy"));
        assertThat(bytes(message.frame())).isEqualTo(Bytes.hex("8209 02 0400 612ec3a9 7879"));
        assertThat(message.lengthBytes()).isEqualTo(11);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 200, 65_536})
    void telemetryOfAnySize(int payloadBytes) {
        byte[] payload = Bytes.random(payloadBytes, 3);
        byte[] framed = bytes(TelemetryMessage.of("s", payload).frame());
        assertThat(Arrays.copyOfRange(framed, framed.length - payloadBytes, framed.length)).isEqualTo(payload);
    }

    @Test
    void longSubjects() {
        String longest = "é".repeat(128);
        byte[] framed = bytes(TelemetryMessage.of(longest, new byte[0]).frame());
        assertThat(framed).startsWith(0x82, 126, 0x01, 0x03, 0x02, 0x00, 0x01);
        assertThatThrownBy(() -> TelemetryMessage.of(longest + "a", new byte[0]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("257");
    }

    @Test
    void controlFrames() {
        assertThat(bytes(ControlFrames.ping())).isEqualTo(Bytes.hex("8900"));
        assertThat(bytes(ControlFrames.pong(Bytes.utf8("hi")))).isEqualTo(Bytes.hex("8a026869"));
        assertThat(bytes(ControlFrames.close(1001, "x"))).isEqualTo(Bytes.hex("880303e978"));
        assertThat(bytes(ControlFrames.close(CloseCodes.NO_STATUS, "x"))).isEqualTo(Bytes.hex("8800"));
    }
}
