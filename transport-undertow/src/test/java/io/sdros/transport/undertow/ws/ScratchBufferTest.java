package io.sdros.transport.undertow.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScratchBufferTest {

    private final ScratchBuffer scratch = new ScratchBuffer();

    private static OutboundFrame frame(byte[] bytes) {
        return new OutboundFrame(Bytes.join(new byte[5], bytes, new byte[5]), 5, bytes.length);
    }

    private byte[] readFrom(OutboundFrame frame, int position) {
        ByteBuffer buffer = scratch.bytes(frame, position);
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Test
    void givesTheBytesFromAnyPosition() {
        byte[] bytes = Bytes.random(1000, 1);
        OutboundFrame frame = frame(bytes);
        assertThat(readFrom(frame, 0)).isEqualTo(bytes);
        assertThat(readFrom(frame, 999)).isEqualTo(Arrays.copyOfRange(bytes, 999, 1000));
        assertThat(readFrom(frame, 0)).isEqualTo(bytes);
    }

    @Test
    void holdsTheFrameUntilAnotherComes() {
        byte[] bytes = Bytes.random(1000, 1);
        OutboundFrame frame = frame(bytes);
        readFrom(frame, 0);
        frame.array()[5] ^= 1; // which nobody may do; shows whether it was copied again
        assertThat(readFrom(frame, 0)).isEqualTo(bytes);

        readFrom(frame(new byte[3]), 0);
        assertThat(readFrom(frame, 0)[0]).isEqualTo((byte) (bytes[0] ^ 1));
    }

    @Test
    void forgets() {
        OutboundFrame frame = frame(new byte[] {1});
        readFrom(frame, 0);
        scratch.forget();
        frame.array()[5] = 2;
        assertThat(readFrom(frame, 0)).containsExactly(2);
    }

    @Test
    void longFramesPassThroughInWindows() {
        byte[] bytes = Bytes.random(2 * ScratchBuffer.MAX_BYTES + 10, 2);
        OutboundFrame frame = frame(bytes);
        int position = 0;
        while (position < bytes.length) {
            byte[] window = readFrom(frame, position);
            assertThat(window).isNotEmpty().hasSizeLessThanOrEqualTo(ScratchBuffer.MAX_BYTES)
                    .isEqualTo(Arrays.copyOfRange(bytes, position, position + window.length));
            position += window.length == 10 ? 10 : Math.min(window.length, 700_001);
        }
        assertThat(readFrom(frame, 3)).startsWith(Arrays.copyOfRange(bytes, 3, 50));
    }

    @Test
    void theBufferIsReusedForSmallerFrames() {
        ByteBuffer first = scratch.bytes(frame(new byte[200_000]), 0);
        assertThat(first.isDirect()).isTrue();
        assertThat(scratch.bytes(frame(new byte[10]), 0)).isSameAs(first);
    }
}
