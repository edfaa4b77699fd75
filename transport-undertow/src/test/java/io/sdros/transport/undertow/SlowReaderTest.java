package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.Broadcaster;
import io.sdros.fanout.LatestValueBroadcaster;
import io.sdros.fanout.MessageKind;
import io.sdros.fanout.StreamSubscription;
import io.sdros.fanout.WakeupGroup;
import io.sdros.transport.undertow.ws.ScratchBuffer;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * A client whose connection carries less than the stream, and an encoder that does not listen: what arrives is not old, and
 * can be decoded. In a time of its own, over a {@link SlowLink}.
 */
class SlowReaderTest {

    private static final long MILLI = 1_000_000;
    private static final int SEND_BUFFER_BYTES = 262_144;
    private static final long MAX_LATENCY_MILLIS = 500;
    private static final long WINDOW_MILLIS = 250;
    /** What the send buffer is to hold of a client that says nothing of its way. */
    private static final long HELD_MILLIS = 300;
    private static final int FRAME_MILLIS = 33;
    private static final int FRAMES_PER_GROUP = 60;
    private static final int DELTA_BYTES = 20_000;
    private static final int KEYFRAME_BYTES = 60_000;
    private static final int TICK_MILLIS = 200;
    private static final int FEEDBACK_MILLIS = 200;
    private static final long GROWN_MILLIS = 50;
    /** In the beginning nothing is known of the connection: until the send buffer is full for the first time. */
    private static final int SETTLED_MILLIS = 10_000;

    private record Arrived(int frame, long atMillis, long ageMillis) {
    }

    private long nowMillis = 40_000;

    private long nowNanos() {
        return nowMillis * MILLI;
    }

    private final class Client {

        private final SlowLink link;
        private final boolean speaksSdr2;
        private final Broadcaster<VideoMessage> video = Broadcaster.<VideoMessage>builder()
                .maxLatency(Duration.ofMillis(MAX_LATENCY_MILLIS)).nanoClock(SlowReaderTest.this::nowNanos).build();
        private final StreamSubscription<VideoMessage> subscription;
        private final ClientWriter writer;
        private final Optional<Sdr2Session> session;
        private final WriteContext context =
                WriteContext.ofIoThread(new ScratchBuffer(), new TelemetryBatch(false), new TelemetryBatch(true));
        private final List<MessageKind> kinds = new ArrayList<>();
        private final List<Long> publishedMillis = new ArrayList<>();
        private final List<Arrived> arrived = new ArrayList<>();
        private long leastDelayMillis = Long.MAX_VALUE;

        Client(int bytesPerMilli, int wayMillis, boolean speaksSdr2) {
            link = new SlowLink(bytesPerMilli, wayMillis, SEND_BUFFER_BYTES);
            this.speaksSdr2 = speaksSdr2;
            subscription = video.subscribe(new WakeupGroup(), speaksSdr2);
            video.service();
            Optional<Sdr2Sending> sending = speaksSdr2
                    ? Optional.of(Sdr2Sending.of(new StreamState(), WINDOW_MILLIS * MILLI)) : Optional.empty();
            writer = new ClientWriter(new ConduitStreamSinkChannel(null, conduit()), subscription,
                    LatestValueBroadcaster.<String, TelemetryMessage>builder().build().subscribe(), sending, new Unheard(),
                    SEND_BUFFER_BYTES, SlowReaderTest.this::nowNanos);
            session = sending.map(own -> new Sdr2Session(1, own, new FeedCounters(), ViewerListener.NONE,
                    SlowReaderTest.this::nowNanos, new Unheard(), length -> { }));
        }

        private StreamSinkConduit conduit() {
            return (StreamSinkConduit) Proxy.newProxyInstance(getClass().getClassLoader(),
                    new Class<?>[] {StreamSinkConduit.class}, (proxy, method, arguments) -> switch (method.getName()) {
                        case "write" -> link.take((ByteBuffer) arguments[0]);
                        case "flush" -> true;
                        default -> null;
                    });
        }

        /** One frame each 33 ms, one of two a keyframe or one that others need, the other as it is said. */
        Client watch(int seconds, MessageKind everySecond) {
            for (int millis = 0; millis < 1000 * seconds; millis++) {
                nowMillis++;
                if (millis % FRAME_MILLIS == 0) {
                    int frame = kinds.size();
                    publish(frame % FRAMES_PER_GROUP == 0 ? MessageKind.KEYFRAME : frame % 2 == 0 ? MessageKind.DELTA : everySecond);
                }
                if (link.carry(nowMillis)) {
                    writer.socketWritable();
                    writer.drain(context);
                }
                link.arrivals(nowMillis).forEach(this::arrives);
                atIntervals(millis);
            }
            return this;
        }

        private void publish(MessageKind kind) {
            int bytes = kind == MessageKind.KEYFRAME ? KEYFRAME_BYTES : DELTA_BYTES;
            byte[] array = new byte[VideoMessage.HEADROOM_BYTES + bytes];
            Sdr2Messages.littleEndian(array).putLong(VideoMessage.HEADROOM_BYTES + 8, kinds.size());
            kinds.add(kind);
            publishedMillis.add(nowMillis);
            video.service();
            video.publish(VideoMessage.wrap(array, VideoMessage.HEADROOM_BYTES, bytes, FrameTimes.seen(nowNanos()),
                    FrameReferences.UNKNOWN), kind, bytes);
            writer.drain(context);
        }

        private void arrives(SlowLink.Message message) {
            if (message.video()) {
                int frame = (int) message.frameSeq();
                long ageMillis = nowMillis - publishedMillis.get(frame);
                arrived.add(new Arrived(frame, nowMillis, ageMillis));
                leastDelayMillis = Math.min(leastDelayMillis, ageMillis);
                if (ageMillis - leastDelayMillis > GROWN_MILLIS) {
                    feedback();
                }
            }
        }

        private void atIntervals(int millis) {
            if (millis % TICK_MILLIS == 0) {
                writer.retry(context);
                writer.pace().resizeSendBuffer(nowNanos(), link::resize);
            }
            if (millis % FEEDBACK_MILLIS == FEEDBACK_MILLIS / 2) {
                feedback();
            }
        }

        private void feedback() {
            if (session.isPresent() && !arrived.isEmpty()) {
                Arrived newest = arrived.get(arrived.size() - 1);
                byte[] body = Sdr2Messages.feedbackBody(Sdr2Messages.PLAYING, newest.frame(), newest.atMillis() * MILLI, 0, 0);
                assertThat(session.get().mayGoOn()).isTrue();
                session.get().message(body, body.length);
                writer.drain(context);
            }
        }

        List<Arrived> settled() {
            long from = arrived.get(0).atMillis() + SETTLED_MILLIS;
            return arrived.stream().filter(frame -> frame.atMillis() >= from).toList();
        }

        long oldestMillis() {
            return settled().stream().mapToLong(Arrived::ageMillis).max().orElseThrow();
        }

        void assertDecodable() {
            int before = -1;
            for (Arrived frame : arrived) {
                if (kinds.get(frame.frame()) != MessageKind.KEYFRAME) {
                    assertThat(kinds.subList(before + 1, frame.frame())).as("missing before frame %d", frame.frame())
                            .allMatch(kind -> speaksSdr2 && kind == MessageKind.DROPPABLE);
                }
                before = frame.frame();
            }
        }
    }

    /** Whom nothing is told here. */
    private static final class Unheard implements ClientWriter.Listener, Sdr2Session.Video {

        @Override
        public void onWriteFailed(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void onCloseSent() {
            throw new AssertionError();
        }

        @Override
        public void onYield() {
            throw new AssertionError();
        }

        @Override
        public void onBlocked() {
        }

        @Override
        public boolean streaming() {
            return true;
        }

        @Override
        public boolean reduced() {
            return false;
        }

        @Override
        public void pause() {
            throw new AssertionError();
        }

        @Override
        public void join(boolean replay) {
            throw new AssertionError();
        }
    }

    /** How long the link takes for a keyframe, before whose end the client has none of it. */
    private static long largest(int bytesPerMilli) {
        return KEYFRAME_BYTES / bytesPerMilli;
    }

    /** No bound is above what is promised; where it is less, that is what skipping early is for. */
    @ParameterizedTest
    @CsvSource({"500, 15, 650", "250, 15, 850", "400, 60, 750", "500, 150, 850"})
    void withFeedbackNothingOldArrives(int bytesPerMilli, int wayMillis, long boundMillis) {
        Client client = new Client(bytesPerMilli, wayMillis, true).watch(40, MessageKind.DELTA);
        client.assertDecodable();
        assertThat(boundMillis).isLessThanOrEqualTo(MAX_LATENCY_MILLIS + WINDOW_MILLIS + 2 * wayMillis + largest(bytesPerMilli));
        assertThat(client.oldestMillis()).isLessThanOrEqualTo(boundMillis);
        assertThat(client.subscription.lagEvents()).as("it had to skip").isGreaterThan(10);
        assertThat(client.settled()).hasSizeGreaterThan(100);
    }

    @ParameterizedTest
    @CsvSource({"500, 15", "250, 15", "400, 60", "500, 150"})
    void withoutFeedbackLittleMoreIsHeld(int bytesPerMilli, int wayMillis) {
        Client client = new Client(bytesPerMilli, wayMillis, false).watch(40, MessageKind.DELTA);
        client.assertDecodable();
        // The buffer tells of room when a third of it is free.
        assertThat(client.oldestMillis())
                .isLessThanOrEqualTo(MAX_LATENCY_MILLIS + HELD_MILLIS * 4 / 3 + wayMillis + largest(bytesPerMilli));
        assertThat(client.settled()).hasSizeGreaterThan(100);
    }

    @Test
    @EnabledIfSystemProperty(named = "slow.table", matches = "true", disabledReason = "prints the table of docs/performance.md")
    void table() {
        int[][] ways = {{500, 15}, {250, 15}, {400, 60}, {500, 150}};
        for (int[] way : ways) {
            String cells = "";
            for (boolean speaksSdr2 : new boolean[] {true, false}) {
                Client client = new Client(way[0], way[1], speaksSdr2).watch(40, MessageKind.DELTA);
                cells += String.format(Locale.ROOT, " %d ms, %d |", client.oldestMillis(), client.arrived.size());
            }
            System.out.printf(Locale.ROOT, "| %.1f Mbit/s, %d ms |%s%n", way[0] * 8 / 1e3, 2 * way[1], cells);
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void whoKeepsUpMissesNothing(boolean speaksSdr2) {
        Client client = new Client(2500, 15, speaksSdr2).watch(30, MessageKind.DELTA);
        assertThat(client.arrived).hasSizeGreaterThanOrEqualTo(client.kinds.size() - 1);
        assertThat(client.oldestMillis()).isLessThan(60);
    }

    @Test
    void whereEverySecondFrameMayBeMissingThatIsEnough() {
        Client client = new Client(450, 15, true).watch(30, MessageKind.DROPPABLE);
        client.assertDecodable();
        assertThat(client.subscription.lagEvents()).isZero();
        assertThat(client.arrived.stream().filter(frame -> client.kinds.get(frame.frame()) != MessageKind.DROPPABLE).count())
                .as("none of the others").isGreaterThanOrEqualTo(client.kinds.size() / 2 - 10);
        assertThat(client.oldestMillis()).isLessThan(MAX_LATENCY_MILLIS);
    }
}
