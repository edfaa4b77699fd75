package io.sdros.relay.nats.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReassemblerTest {

    private static final int HEADROOM = 10;
    private static final int MAX_FRAME = 3 << 20;
    private static final long TIMEOUT = 1_000;

    private final Reassembler reassembler = new Reassembler(HEADROOM, MAX_FRAME, TIMEOUT);
    private long now;

    @Test
    void aLargeKeyframeComesWhole() {
        byte[] frame = Frames.frame(5, 2 << 20);

        Optional<ReceivedFrame> last = addAll(Frames.messages(frame, 17, 131_072));

        ReceivedFrame received = last.orElseThrow();
        assertThat(Arrays.copyOfRange(received.array(), HEADROOM, received.array().length)).isEqualTo(frame);
        assertThat(received.headerOffset()).isEqualTo(HEADROOM);
        assertThat(received.lengthBytes()).isEqualTo(frame.length);
        assertThat(received.captureNanos()).isEqualTo(11);
        assertThat(received.commitNanos()).isEqualTo(22);
        assertThat(received.frameSeq()).isEqualTo(5);
        assertThat(received.head().sequence()).isEqualTo(17);
        assertThat(reassembler.heldBytes()).isZero();
        assertThat(reassembler.incomplete() + reassembler.malformed()).isZero();
    }

    @Test
    void aFrameThatLacksAMessageIsDroppedAndTheNextComes() {
        List<byte[]> broken = Frames.messages(Frames.frame(1, 5_000), 1, 1_024);
        for (int missing = 0; missing < broken.size(); missing++) {
            Reassembler one = new Reassembler(HEADROOM, MAX_FRAME, TIMEOUT);
            for (int i = 0; i < broken.size(); i++) {
                if (i != missing) {
                    assertThat(add(one, broken.get(i))).isEmpty();
                }
            }
            List<byte[]> whole = Frames.messages(Frames.frame(2, 100), 2, 1_024);

            assertThat(add(one, whole.get(0))).as("after number " + missing + " was lost").isPresent();
            assertThat(one.incomplete()).isEqualTo(missing == 0 ? 0 : 1);
        }
    }

    @Test
    void messagesOfAnotherFrameDoNotContinueOne() {
        List<byte[]> one = Frames.messages(Frames.frame(1, 1_500), 1, 1_024);
        List<byte[]> other = Frames.messages(Frames.frame(2, 1_500), 2, 1_024);

        add(reassembler, one.get(0));

        assertThat(add(reassembler, other.get(1))).isEmpty();
        assertThat(reassembler.incomplete()).isEqualTo(1);
        assertThat(reassembler.heldBytes()).isZero();
    }

    @Test
    void whatIsUnfinishedForTooLongIsLetGo() {
        List<byte[]> messages = Frames.messages(Frames.frame(1, 1_500), 1, 1_024);
        add(reassembler, messages.get(0));

        now = TIMEOUT;
        reassembler.expire(now);
        assertThat(reassembler.heldBytes()).isPositive();
        now++;
        reassembler.expire(now);

        assertThat(reassembler.heldBytes()).isZero();
        assertThat(add(reassembler, messages.get(1))).isEmpty();
        assertThat(reassembler.incomplete()).isEqualTo(1);
    }

    @Test
    void noMoreIsHeldThanTheLongestFrameAndOneMessage() {
        Reassembler small = new Reassembler(HEADROOM, 10_000, TIMEOUT);
        byte[] frame = Frames.frame(1, 1 << 20);
        long most = 0;
        for (byte[] message : Frames.messages(frame, 1, 4_096)) {
            assertThat(add(small, message)).isEmpty();
            most = Math.max(most, small.heldBytes());
        }

        assertThat(most).isLessThanOrEqualTo(10_000 + 16);
        assertThat(small.malformed()).isEqualTo(1);
    }

    @Test
    void aHeaderThatPromisesAnotherLengthIsNoFrame() {
        byte[] message = Frames.messages(Frames.frame(1, 100), 1, 1_024).get(0);
        message[MessageHead.BYTES + 16 + 16]++;

        assertThat(add(reassembler, message)).isEmpty();
        assertThat(reassembler.malformed()).isEqualTo(1);
    }

    @Test
    void aMessageWithoutAFrameHeaderIsNoFrame() {
        byte[] message = new byte[MessageHead.BYTES + 16 + 31];
        new MessageHead(MessageKind.FRAME, 0, 1, 0, 0, 1, 0).encode(message);

        assertThat(add(reassembler, message)).isEmpty();
        assertThat(reassembler.malformed()).isEqualTo(1);
    }

    @Test
    void anyBytesAreHarmless() {
        Random random = new Random(20);
        List<byte[]> good = Frames.messages(Frames.frame(1, 3_000), 1, 1_024);
        for (int i = 0; i < 60_000; i++) {
            byte[] message = good.get(random.nextInt(good.size()));
            message = Arrays.copyOf(message, random.nextInt(4) == 0 ? random.nextInt(message.length) : message.length);
            for (int flips = random.nextInt(3); flips > 0 && message.length > 0; flips--) {
                message[random.nextInt(Math.min(80, message.length))] = (byte) random.nextInt();
            }
            byte[] any = message;
            MessageHead.decode(any).ifPresent(head -> reassembler.add(head, any, now++).ifPresent(frame ->
                    assertThat(FramePrefix.payloadBytes(frame.array(), HEADROOM)).isEqualTo(frame.lengthBytes() - 32)));
            assertThat(reassembler.heldBytes()).isLessThan(MAX_FRAME);
        }
        reassembler.giveUp();

        assertThat(addAll(Frames.messages(Frames.frame(1, 3_000), 2, 1_024))).isPresent();
        assertThat(reassembler.incomplete()).isPositive();
        assertThat(reassembler.malformed()).isPositive();
    }

    private Optional<ReceivedFrame> addAll(List<byte[]> messages) {
        Optional<ReceivedFrame> last = Optional.empty();
        for (byte[] message : messages) {
            assertThat(last).isEmpty();
            last = add(reassembler, message);
        }
        return last;
    }

    private Optional<ReceivedFrame> add(Reassembler to, byte[] message) {
        return to.add(MessageHead.decode(message).orElseThrow(), message, now);
    }
}
