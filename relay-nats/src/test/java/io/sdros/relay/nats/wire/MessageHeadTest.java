package io.sdros.relay.nats.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class MessageHeadTest {

    private static final MessageHead HEAD =
            new MessageHead(MessageKind.REPLAY, 2, 0x1234, 0xFEDC, 0x0123456789ABCDEFL, 42, 0x1122334455667788L);
    private static final String GOLDEN = "01" + "01" + "0200" + "3412" + "dcfe" + "efcdab8967452301" + "2a00000000000000"
            + "8877665544332211";

    @Test
    void hasTheseBytes() {
        byte[] bytes = new byte[MessageHead.BYTES];

        HEAD.encode(bytes);

        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(GOLDEN);
        assertThat(MessageHead.decode(bytes)).contains(HEAD);
    }

    @Test
    void theKindsHaveTheseNumbers() {
        assertThat(MessageKind.FRAME.code()).isZero();
        assertThat(MessageKind.REPLAY.code()).isEqualTo(1);
        assertThat(MessageKind.END_OF_REPLAY.code()).isEqualTo(2);
    }

    @Test
    void whatIsNoHeadIsNotRead() {
        assertThat(MessageHead.decode(changed(0, 2))).as("another version").isEmpty();
        assertThat(MessageHead.decode(changed(1, 3))).as("another kind").isEmpty();
        assertThat(MessageHead.decode(changed(3, 0x12))).as("chunk 0x1202 of 0x1234").isPresent();
        assertThat(MessageHead.decode(changed(3, 0x13))).as("chunk 0x1302 of 0x1234").isEmpty();
        assertThat(MessageHead.decode(new byte[MessageHead.BYTES - 1])).as("too short").isEmpty();
        assertThat(MessageHead.decode(new byte[0])).isEmpty();
    }

    private static byte[] changed(int offset, int value) {
        byte[] bytes = HexFormat.of().parseHex(GOLDEN);
        bytes[offset] = (byte) value;
        return bytes;
    }

    @Test
    void numbersMustFitTheirFields() {
        assertThatThrownBy(() -> new MessageHead(MessageKind.FRAME, 0, 0, 0, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MessageHead(MessageKind.FRAME, 1, 1, 0, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MessageHead(MessageKind.FRAME, 0, 0x10000, 0, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MessageHead(MessageKind.FRAME, 0, 1, 0x10000, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
