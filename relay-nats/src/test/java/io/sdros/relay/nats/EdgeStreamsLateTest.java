package io.sdros.relay.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.wire.BeatAnswer;
import io.sdros.relay.nats.wire.Chunker;
import io.sdros.relay.nats.wire.MessageHead;
import io.sdros.relay.nats.wire.MessageKind;
import io.sdros.relay.nats.wire.OriginInfo;
import io.sdros.relay.nats.wire.RelaySubjects;
import io.sdros.relay.nats.wire.UpMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Two streams of an edge over one connection, from two robots. */
class EdgeStreamsLateTest {

    private static final long LATE_NANOS = 3_000_000_000L;

    private final MemoryLink link = new MemoryLink();
    private final EdgeStreams streams = new EdgeStreams(link, "sdr.v1");

    /** A stream and the robot it comes from, whose clock is this machine's. */
    private final class Relayed implements EdgeStreamListener, AutoCloseable {
        private final RelaySubjects subjects;
        private final long originId;
        private final EdgeStream edge;
        private long sequence;

        Relayed(String name, long originId) {
            this.originId = originId;
            subjects = RelaySubjects.of("sdr.v1", name);
            link.subscribe(subjects.up(), message -> UpMessage.parse(message.payload()).ifPresent(said -> {
                if (said instanceof UpMessage.Beat beat) {
                    // An answer of an origin that was not heard of says nothing.
                    link.publish(subjects.info(), new OriginInfo(originId, 1, 0, OriginInfo.State.LIVE, false, 1, true, "").json());
                    long nowNanos = System.nanoTime();
                    link.publish(message.replyTo().orElseThrow(), new BeatAnswer(originId, beat.sentNanos(), nowNanos, nowNanos).json());
                }
            }));
            edge = streams.stream(name, new EdgeStreamConfig(true, Duration.ofMillis(300), 0, 1 << 20, () -> 1), () -> true, this);
            edge.start();
            Eventually.await("it subscribes", () -> link.filters().contains(subjects.keyframes()));
            Eventually.await("it knows how far it is", () -> edge.statistics().roundTripNanos() >= 0);
        }

        /** One keyframe comes, which was on its way for so long; returns when that has been seen. */
        void keyframe(long delayNanos) {
            long received = edge.statistics().received();
            byte[] frame = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN).putLong(1).putLong(++sequence).putInt(8)
                    .putShort((short) 1).putShort((short) 1).array();
            byte[] message = new Chunker(Chunker.LEAST_MESSAGE_BYTES).message(0, 0, 0, frame, 0, frame.length);
            new MessageHead(MessageKind.FRAME, 0, 1, 0, originId, sequence, System.nanoTime() - delayNanos).encode(message);
            link.publish(subjects.keyframes(), message);
            Eventually.await("it comes", () -> edge.statistics().received() > received || edge.statistics().lagNanos() >= delayNanos / 2
                    && delayNanos > 0);
        }

        @Override
        public void onFrame(EdgeFrame frame) {
            // It is counted.
        }

        @Override
        public void onDiscontinuity() {
            // Of no interest here.
        }

        @Override
        public void onOtherOrigin() {
            // There is one of each.
        }

        @Override
        public void onPoll(long nowNanos) {
            // There is nothing to do.
        }

        @Override
        public void onUncaught(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void close() {
            edge.close();
        }
    }

    private void untilItIsSeen(Relayed late, Relayed other, long othersDelayNanos) {
        late.keyframe(0);
        other.keyframe(0);
        Eventually.await("lateness is seen", () -> {
            other.keyframe(othersDelayNanos);
            late.keyframe(LATE_NANOS);
            return late.edge.statistics().skips() > 0 || link.reconnects.get() > 0;
        });
    }

    @Test
    void oneRobotThatIsLateDoesNotCostTheOthersTheConnection() {
        try (Relayed late = new Relayed("robot7.front", 7); Relayed other = new Relayed("robot8.front", 8)) {
            untilItIsSeen(late, other, 0);
            assertThat(link.reconnects).hasValue(0);
            assertThat(late.edge.statistics().skips()).as("keyframes only").isEqualTo(1);
            assertThat(other.edge.statistics().skips()).isZero();
        }
    }

    @Test
    void whereAllAreLateTheConnectionIsMadeAnew() {
        try (Relayed late = new Relayed("robot7.front", 7); Relayed other = new Relayed("robot8.front", 8)) {
            untilItIsSeen(late, other, LATE_NANOS);
            assertThat(link.reconnects).hasPositiveValue();
        }
    }
}
