package io.sdros.relay.nats.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.wire.Chunker;
import io.sdros.relay.nats.wire.MessageHead;
import io.sdros.relay.nats.wire.MessageKind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssemblyTest {

    private static final int PAYLOAD_BYTES = 3_000;
    private static final int MOST_BYTES = 10_000;

    private final EdgeHarness edge = EdgeHarness.live();
    private final Assembly assembly = new Assembly(edge.edge, edge.counters, 0, MOST_BYTES);

    /** A frame that is no keyframe, in several messages. */
    private static List<byte[]> messages(long origin, long sequence) {
        byte[] frame = ByteBuffer.allocate(32 + PAYLOAD_BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(1).putLong(sequence)
                .putInt(PAYLOAD_BYTES).array();
        Chunker chunker = new Chunker(Chunker.LEAST_MESSAGE_BYTES);
        int chunks = chunker.chunks(frame.length);
        List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < chunks; i++) {
            byte[] message = chunker.message(i, 0, 0, frame, 0, frame.length);
            new MessageHead(MessageKind.FRAME, i, chunks, 0, origin, sequence, 0).encode(message);
            messages.add(message);
        }
        return messages;
    }

    private void comes(byte[] message) {
        assembly.message(false, MessageHead.decode(message).orElseThrow(), message, edge.nowNanos);
    }

    @Test
    void partsOfStrangersDoNotDisplaceThoseOfTheOriginThatIsTaken() {
        List<byte[]> real = messages(EdgeHarness.ORIGIN, 11);
        for (byte[] part : real) {
            comes(part);
            for (long stranger = 100; stranger < 120; stranger++) {
                comes(messages(stranger, 11).get(0));
            }
        }
        assertThat(edge.handedOn()).isEqualTo("11");
        assertThat(edge.counters.foreignFrames()).as("none was whole").isZero();
    }

    @Test
    void aStrangersFrameIsCountedOnceWhateverItIsCutInto() {
        messages(99, 1).forEach(this::comes);
        messages(99, 2).forEach(this::comes);
        assertThat(edge.counters.foreignFrames()).isEqualTo(2);
        assertThat(edge.handedOn()).isEmpty();
    }

    @Test
    void aFrameThatWasNotWholeIsCountedAsThat() {
        comes(messages(EdgeHarness.ORIGIN, 11).get(0));
        messages(EdgeHarness.ORIGIN, 12).forEach(this::comes);
        comes(messages(EdgeHarness.ORIGIN, 13).get(0));
        assembly.expire(edge.nowNanos + 3_000 * EdgeHarness.MILLI);
        messages(EdgeHarness.ORIGIN, 14).forEach(this::comes);

        assertThat(edge.handedOn()).isEqualTo("| 12 | 14");
        assertThat(edge.counters.lostFrames()).containsEntry("incomplete", 2L).containsEntry("network", 0L);
    }
}
