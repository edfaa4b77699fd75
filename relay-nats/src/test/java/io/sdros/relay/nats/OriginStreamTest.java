package io.sdros.relay.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.link.LinkMessage;
import io.sdros.relay.nats.link.NatsLink;
import io.sdros.relay.nats.origin.Origin;
import io.sdros.relay.nats.wire.BeatAnswer;
import io.sdros.relay.nats.wire.MessageHead;
import io.sdros.relay.nats.wire.MessageKind;
import io.sdros.relay.nats.wire.OriginInfo;
import io.sdros.relay.nats.wire.Reassembler;
import io.sdros.relay.nats.wire.ReceivedFrame;
import io.sdros.relay.nats.wire.RelaySubjects;
import io.sdros.relay.nats.wire.UpMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Origins and a real server. */
@Tag("tools")
class OriginStreamTest {

    private static final RelaySubjects SUBJECTS = RelaySubjects.of("sdr.v1", "robot.front");
    private static final long LAST = -1;
    private static final long EDGE = 0x0123_4567_89AB_CDEFL;

    @TempDir
    private Path folder;

    /** A stream: what is added goes to whoever subscribes. */
    private static final class Feed implements OriginFrames {
        private final ConcurrentLinkedQueue<OriginFrame> queue = new ConcurrentLinkedQueue<>();
        private volatile Optional<Runnable> subscriber = Optional.empty();

        void add(OriginFrame frame) {
            queue.add(frame);
            subscriber.ifPresent(Runnable::run);
        }

        boolean subscribed() {
            return subscriber.isPresent();
        }

        @Override
        public Subscription subscribe(Runnable wakeUp) {
            subscriber = Optional.of(wakeUp);
            return new Subscription() {
                @Override
                public void beginDrain() {
                }

                @Override
                public Optional<OriginFrame> poll() {
                    return Optional.ofNullable(queue.poll());
                }

                @Override
                public void close() {
                    subscriber = Optional.empty();
                }
            };
        }
    }

    /** What an edge sees. */
    private static final class Recorder {
        private final List<String> words = new CopyOnWriteArrayList<>();
        private final List<ReceivedFrame> frames = new CopyOnWriteArrayList<>();
        private final List<OriginInfo> infos = new CopyOnWriteArrayList<>();
        private final List<BeatAnswer> answers = new CopyOnWriteArrayList<>();
        private final Reassembler live = new Reassembler(0, 8 << 20, Long.MAX_VALUE / 2);
        private final Reassembler replay = new Reassembler(0, 8 << 20, Long.MAX_VALUE / 2);
        private final NatsLink link;

        Recorder(NatsLink link) {
            this.link = link;
            link.subscribe(SUBJECTS.keyframes(), message -> message("k", live, message));
            link.subscribe(SUBJECTS.others(), message -> message("d", live, message));
            link.subscribe(SUBJECTS.replay(), message -> message("g", replay, message));
            link.subscribe(SUBJECTS.info(), message -> infos.add(OriginInfo.parse(message.payload()).orElseThrow()));
            link.subscribe("_INBOX.answers", message -> BeatAnswer.parse(message.payload()).ifPresent(answers::add));
        }

        private void message(String subject, Reassembler reassembler, LinkMessage message) {
            MessageHead head = MessageHead.decode(message.payload()).orElseThrow();
            if (head.kind() == MessageKind.END_OF_REPLAY) {
                words.add("end");
            } else {
                reassembler.add(head, message.payload(), 0).ifPresent(frame -> {
                    frames.add(frame);
                    words.add(subject + head.sequence());
                });
            }
        }

        void say(UpMessage message) {
            link.publish(SUBJECTS.up(), "_INBOX.answers", message.json());
        }

        void beat() {
            say(new UpMessage.Beat(EDGE, 42, 0, 0, 1));
        }

        /** Waits, and wants the stream meanwhile, however long it takes. */
        void awaitWanting(String what, BooleanSupplier condition) {
            Eventually.await(what, () -> {
                beat();
                return condition.getAsBoolean();
            });
        }

        Optional<OriginInfo> lastInfo() {
            return infos.isEmpty() ? Optional.empty() : Optional.of(infos.get(infos.size() - 1));
        }
    }

    private static NatsLink link(NatsNode node) {
        NatsLink link = new NatsLink(node.url(), Optional.empty(), Optional.empty(), "relay-test");
        link.start();
        Eventually.await("connected", link::connected);
        return link;
    }

    private static OriginStream origin(NatsLink link, long id, int priority, Feed feed) {
        OriginStream stream = new OriginStream(link, "sdr.v1", new OriginConfig("robot.front", "Front", true, priority,
                Duration.ofMillis(250), 128 * 1024, 8 << 20), new Origin.Identity(id, 1_000), feed, new OriginListener() { },
                () -> new OriginSource(SourceState.LIVE, 1));
        stream.start();
        return stream;
    }

    private static OriginFrame frame(boolean keyframe, int payloadBytes) {
        byte[] array = new byte[32 + payloadBytes];
        new Random(payloadBytes).nextBytes(array);
        ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN).putLong(1).putLong(1).putInt(payloadBytes)
                .putShort((short) (keyframe ? 1 : 0)).putShort((short) 1).putInt(0).putInt(0);
        return new OriginFrame(keyframe, 11, 22, array, 0, array.length);
    }

    @Test
    void publishesWhileItIsWantedAndReplaysForWhoJoins() {
        Feed feed = new Feed();
        try (NatsNode node = NatsNode.running(folder, ""); NatsLink robot = link(node); NatsLink other = link(node);
                OriginStream origin = origin(robot, 7, 0, feed)) {
            Recorder edge = new Recorder(other);
            Eventually.await("its word", () -> edge.lastInfo().isPresent());
            assertThat(edge.lastInfo().get().title()).isEqualTo("Front");
            assertThat(feed.subscribed()).isFalse();

            edge.awaitWanting("wanted", feed::subscribed);
            OriginFrame large = frame(true, 2 << 20);
            feed.add(large);
            feed.add(frame(false, 1_000));
            edge.awaitWanting("both", () -> edge.words.containsAll(List.of("k1", "d2")));

            ReceivedFrame received = edge.frames.get(0);
            assertThat(Arrays.equals(received.array(), large.array())).as("2 MB as they were").isTrue();
            assertThat(received.captureNanos()).isEqualTo(11);
            assertThat(received.commitNanos()).isEqualTo(22);
            assertThat(received.head().originId()).isEqualTo(7);
            assertThat(received.head().acker()).isEqualTo(0xCDEF);
            assertThat(edge.answers).isNotEmpty().allSatisfy(answer -> assertThat(answer.sentNanos()).isEqualTo(42));

            edge.say(new UpMessage.Join(EDGE));
            edge.awaitWanting("a replay", () -> edge.words.contains("end"));
            assertThat(edge.words).containsExactly("k1", "d2", "g1", "g2", "end");
            assertThat(Arrays.equals(edge.frames.get(2).array(), large.array())).isTrue();

            edge.say(new UpMessage.Leave(EDGE));
            Eventually.await("not wanted any more", () -> !feed.subscribed());
            assertThat(origin.statistics().published()).isEqualTo(2);
            assertThat(origin.statistics().edges()).isZero();
            assertThat(origin.statistics().malformed()).isZero();
        }
    }

    @Test
    void stopsAtOnceWhenNobodySubscribesToItsKeyframes() {
        Feed feed = new Feed();
        try (NatsNode node = NatsNode.running(folder, ""); NatsLink robot = link(node); NatsLink other = link(node);
                OriginStream origin = origin(robot, 7, 0, feed)) {
            List<Long> answered = new CopyOnWriteArrayList<>();
            other.subscribe("_INBOX.answers", message -> BeatAnswer.parse(message.payload())
                    .ifPresent(answer -> answered.add(answer.sentNanos())));
            // Until the server knows that the origin listens.
            Eventually.await("wanted", () -> {
                other.publish(SUBJECTS.up(), new UpMessage.Beat(EDGE, 0, 0, 0, 1).json());
                return feed.subscribed();
            });
            // None comes behind the server's word.
            other.publish(SUBJECTS.up(), "_INBOX.answers", new UpMessage.Beat(EDGE, LAST, 0, 0, 1).json());
            Eventually.await("the last beat", () -> answered.contains(LAST));

            long startNanos = System.nanoTime();
            feed.add(frame(true, 100));

            Eventually.await("not wanted", () -> !feed.subscribed());
            assertThat(System.nanoTime() - startNanos).as("before beats are missed").isLessThan(3_000_000_000L);
            assertThat(origin.statistics().published()).isEqualTo(1);
        }
    }

    @Test
    void anAnswerGoesToInboxesOnly() {
        Feed feed = new Feed();
        List<LinkMessage> heard = new CopyOnWriteArrayList<>();
        try (NatsNode node = NatsNode.running(folder, ""); NatsLink robot = link(node); NatsLink other = link(node);
                OriginStream origin = origin(robot, 7, 0, feed)) {
            Recorder edge = new Recorder(other);
            other.subscribe("command.>", heard::add);
            Eventually.await("its word", () -> edge.lastInfo().isPresent());

            other.publish(SUBJECTS.up(), "command.estop", new UpMessage.Beat(EDGE, 1, 0, 0, 1).json());
            edge.beat();

            Eventually.await("the answer to the second", () -> edge.answers.size() == 1);
            assertThat(heard).isEmpty();
            assertThat(origin.statistics().malformed()).isEqualTo(1);
        }
    }

    @Test
    void theBetterOfTwoOriginsPublishesAndTheOtherTakesOver() {
        Feed worseFeed = new Feed();
        Feed betterFeed = new Feed();
        try (NatsNode node = NatsNode.running(folder, ""); NatsLink robot = link(node); NatsLink second = link(node);
                NatsLink other = link(node); OriginStream worse = origin(robot, 7, 0, worseFeed)) {
            Recorder edge = new Recorder(other);
            Eventually.await("its word", () -> edge.lastInfo().isPresent());
            edge.awaitWanting("the worse one publishes", worseFeed::subscribed);

            try (OriginStream better = origin(second, 8, 1, betterFeed)) {
                Eventually.await("it stands by", () -> !worseFeed.subscribed());
                edge.awaitWanting("the better one publishes", betterFeed::subscribed);
                assertThat(worse.statistics().standby()).isTrue();
                assertThat(better.statistics().standby()).isFalse();
            }
            edge.awaitWanting("the worse one publishes again", worseFeed::subscribed);
        }
    }
}
