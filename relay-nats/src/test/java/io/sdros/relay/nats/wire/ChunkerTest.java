package io.sdros.relay.nats.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkerTest {

    @Test
    void theFirstMessageHasTheseBytes() {
        byte[] spare = {9, 9};
        byte[] frame = HexFormat.of().parseHex("01000000000000002a00000000000000" + "02000000" + "0100" + "0100" + "00000000"
                + "00000000" + "abcd");
        byte[] array = Arrays.copyOf(spare, spare.length + frame.length);
        System.arraycopy(frame, 0, array, spare.length, frame.length);

        byte[] message = new Chunker(1024).message(0, 0x0102, 0x0304, array, spare.length, frame.length);
        new MessageHead(MessageKind.FRAME, 0, 1, 5, 6, 7, 8).encode(message);

        assertThat(HexFormat.of().formatHex(message)).isEqualTo(
                "01" + "00" + "0000" + "0100" + "0500" + "0600000000000000" + "0700000000000000" + "0800000000000000"
                + "0201000000000000" + "0403000000000000" + HexFormat.of().formatHex(frame));
    }

    @Test
    void noMessageIsLongerAndAllButTheLastAreFull() {
        byte[] frame = Frames.frame(1, 5_000);

        List<byte[]> messages = Frames.messages(frame, 1, 1_024);

        assertThat(messages).hasSize(6);
        assertThat(messages.subList(0, 5)).allSatisfy(message -> assertThat(message).hasSize(1_024));
        assertThat(messages.get(5)).hasSize(16 + frame.length + 6 * 32 - 5 * 1_024);
    }

    @Test
    void whatFitsExactlyGoesInOne() {
        int fits = 1_024 - MessageHead.BYTES - 16;

        assertThat(new Chunker(1_024).chunks(fits)).isEqualTo(1);
        assertThat(new Chunker(1_024).chunks(fits + 1)).isEqualTo(2);
    }

    @Test
    void messagesTooShortForAHeadAreMisuse() {
        assertThatThrownBy(() -> new Chunker(1_023)).isInstanceOf(IllegalArgumentException.class);
    }
}
