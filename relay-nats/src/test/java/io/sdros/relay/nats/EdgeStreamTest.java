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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An edge's stream on its own thread, with an origin that answers as one does. */
class EdgeStreamTest {

    private static final long ORIGIN = 5;
    private static final int HEADROOM = 3;
    private static final long AHEAD_NANOS = 7_000_000_000L;
    private static final RelaySubjects SUBJECTS = RelaySubjects.of("sdr.v1", "robot.front");

    private final MemoryLink link = new MemoryLink();
    private final List<UpMessage> said = new CopyOnWriteArrayList<>();
    private final List<EdgeFrame> frames = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final AtomicBoolean wanted = new AtomicBoolean(true);
    private final AtomicBoolean failing = new AtomicBoolean();
    private final AtomicBoolean flooding = new AtomicBoolean();
    private final Semaphore frameComes = new Semaphore(0);
    private final Semaphore mayGoOn = new Semaphore(1);
    private final AtomicInteger polls = new AtomicInteger();
    private long flooded;
    private final EdgeStream stream = new EdgeStreams(link, "sdr.v1").stream("robot.front",
            new EdgeStreamConfig(true, Duration.ofMillis(300), HEADROOM, 1 << 20, () -> 2), wanted::get, new Noting());

    private final class Noting implements EdgeStreamListener {

        @Override
        public void onFrame(EdgeFrame frame) {
            if (failing.get()) {
                throw new IllegalStateException("on purpose");
            }
            frameComes.release();
            mayGoOn.acquireUninterruptibly();
            mayGoOn.release();
            if (flooding.get()) {
                publishNext();
            } else {
                frames.add(frame);
            }
        }

        @Override
        public void onDiscontinuity() {
            events.add("discontinuity");
        }

        @Override
        public void onOtherOrigin() {
            events.add("other origin");
        }

        @Override
        public void onPoll(long nowNanos) {
            polls.incrementAndGet();
        }

        @Override
        public void onUncaught(Throwable failure) {
            events.add(failure.getMessage());
        }
    }

    @AfterEach
    void close() {
        stream.close();
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private void start() {
        link.subscribe(SUBJECTS.up(), message -> UpMessage.parse(message.payload()).ifPresent(up -> {
            said.add(up);
            if (up instanceof UpMessage.Beat beat) {
                long there = System.nanoTime() + AHEAD_NANOS;
                link.publish(message.replyTo().orElseThrow(), new BeatAnswer(ORIGIN, beat.sentNanos(), there, there).json());
            }
        }));
        stream.start();
        link.publish(SUBJECTS.info(), new OriginInfo(ORIGIN, 1, 0, OriginInfo.State.LIVE, false, 1, true, "Front").json());
        await("it joins", () -> said.stream().anyMatch(UpMessage.Join.class::isInstance));
    }

    private static byte[] frame(long frameSeq, boolean keyframe, int payloadBytes) {
        ByteBuffer bytes = ByteBuffer.allocate(32 + payloadBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(1).putLong(frameSeq).putInt(payloadBytes).putShort((short) (keyframe ? 1 : 0)).putShort((short) 1).putLong(0);
        new Random(frameSeq).nextBytes(bytes.array());
        return bytes.putLong(8, frameSeq).putInt(16, payloadBytes).putShort(20, (short) (keyframe ? 1 : 0)).putShort(22, (short) 1).array();
    }

    private void publishNext() {
        flooded++;
        publish(SUBJECTS.keyframes(), MessageKind.FRAME, flooded, frame(flooded, true, 10));
    }

    @Test
    void whatIsNoneOfTheRelaysTakesNoRoomFromWhatIs() throws InterruptedException {
        start();
        mayGoOn.acquire();
        publish(SUBJECTS.keyframes(), MessageKind.FRAME, 1, frame(40, true, 100));
        assertThat(frameComes.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 4; i++) {
            link.publish(SUBJECTS.keyframes(), new byte[1 << 20]);
        }
        publish(SUBJECTS.others(), MessageKind.FRAME, 2, frame(41, false, 100));
        mayGoOn.release();

        await("both come", () -> frames.size() == 2);
        assertThat(stream.statistics().malformed()).isEqualTo(4);
        assertThat(events).isEmpty();
    }

    @Test
    void itGoesOnWithTheRestThoughThereIsAlwaysAnotherFrame() {
        start();
        flooding.set(true);
        publishNext();
        await("a frame", () -> stream.statistics().received() > 0);
        int before = polls.get();
        await("it asks after viewers meanwhile", () -> polls.get() > before + 2);
        flooding.set(false);
    }

    /** In as many messages as it takes; its times are on the origin's clock. */
    private void publish(String subject, MessageKind kind, long sequence, byte[] frame) {
        long nowNanos = System.nanoTime() + AHEAD_NANOS;
        Chunker chunker = new Chunker(Chunker.LEAST_MESSAGE_BYTES);
        int chunks = chunker.chunks(frame.length);
        for (int i = 0; i < chunks; i++) {
            byte[] message = chunker.message(i, nowNanos - 2_000_000, nowNanos - 1_000_000, frame, 0, frame.length);
            new MessageHead(kind, i, chunks, 0, ORIGIN, sequence, nowNanos).encode(message);
            link.publish(subject, message);
        }
    }

    @Test
    void framesComeAsTheyAreWithTheirTimesOnThisMachinesClock() {
        start();
        await("it knows the clock", () -> stream.statistics().roundTripNanos() >= 0);
        byte[] keyframe = frame(40, true, 5_000);
        long beforeNanos = System.nanoTime();
        publish(SUBJECTS.keyframes(), MessageKind.FRAME, 1, keyframe);
        publish(SUBJECTS.others(), MessageKind.FRAME, 2, frame(41, false, 100));
        await("they come", () -> frames.size() == 2);
        long afterNanos = System.nanoTime();

        EdgeFrame first = frames.get(0);
        assertThat(Arrays.copyOfRange(first.array(), first.headerOffset(), first.array().length)).isEqualTo(keyframe);
        assertThat(first.headerOffset()).isEqualTo(HEADROOM);
        long errorNanos = first.clockErrorNanos();
        assertThat(errorNanos).isNotNegative();
        assertThat(first.commitNanos()).isBetween(beforeNanos - 1_000_000 - errorNanos, afterNanos - 1_000_000 + errorNanos);
        assertThat(first.commitNanos() - first.captureNanos()).isEqualTo(1_000_000);
        assertThat(stream.statistics().received()).isEqualTo(2);
        assertThat(stream.lastFrameAgeNanos()).isPresent();
        assertThat(stream.source()).isEqualTo(new EdgeSource(true, EdgeSource.State.LIVE, "Front", 1));
        assertThat(said).anyMatch(up -> up instanceof UpMessage.Beat beat && beat.viewers() == 2);
    }

    @Test
    void joinsWithAReplayAndListensToNoMoreOfThem() {
        start();
        publish(SUBJECTS.replay(), MessageKind.REPLAY, 1, frame(40, true, 5_000));
        byte[] end = new byte[MessageHead.BYTES];
        new MessageHead(MessageKind.END_OF_REPLAY, 0, 1, 0, ORIGIN, 1, 0).encode(end);
        link.publish(SUBJECTS.replay(), end);
        publish(SUBJECTS.others(), MessageKind.FRAME, 2, frame(41, false, 100));
        await("they come", () -> frames.size() == 2);

        assertThat(link.filters()).contains(SUBJECTS.keyframes(), SUBJECTS.others()).doesNotContain(SUBJECTS.replay());
        assertThat(stream.statistics().joins()).containsEntry("replayed", 1L);
        assertThat(events).isEmpty();
    }

    @Test
    void leavesWhenItIsNotWantedAndListensToTheInfoOnly() {
        start();
        wanted.set(false);
        stream.wakeUp();
        await("it leaves", () -> said.stream().anyMatch(UpMessage.Leave.class::isInstance));
        await("its subscriptions end", () -> link.filters().equals(List.of(SUBJECTS.info(), SUBJECTS.up())));
        assertThat(stream.statistics().wanted()).isFalse();
    }

    @Test
    void listensToNothingOnceItIsClosedThoughTheConnectionIsLost() {
        start();
        await("it waits for answers", () -> link.filters().stream().anyMatch(filter -> filter.startsWith("_INBOX.")));
        link.lose();
        int before = polls.get();
        await("a turn has begun since, and ended", () -> polls.get() > before + 1);
        stream.close();
        assertThat(link.filters()).containsExactly(SUBJECTS.up());
    }

    @Test
    void joinsAnewOnAnotherConnection() {
        start();
        publish(SUBJECTS.keyframes(), MessageKind.FRAME, 1, frame(40, true, 100));
        await("it comes", () -> frames.size() == 1);
        link.lose();
        await("it is seen", () -> !stream.source().connected());
        said.clear();
        link.connect();
        await("it joins", () -> said.stream().anyMatch(UpMessage.Join.class::isInstance));
        publish(SUBJECTS.others(), MessageKind.FRAME, 2, frame(41, false, 100));
        await("it goes on", () -> frames.size() == 2);
        assertThat(events).isEmpty();
    }

    @Test
    void aListenerThatFailsLosesAFrameAndNoMore() {
        start();
        failing.set(true);
        publish(SUBJECTS.keyframes(), MessageKind.FRAME, 1, frame(40, true, 100));
        await("it fails", () -> events.contains("on purpose"));
        failing.set(false);
        publish(SUBJECTS.keyframes(), MessageKind.FRAME, 2, frame(41, true, 100));
        await("the next one comes", () -> frames.size() == 1);
        assertThat(events).containsExactly("discontinuity", "on purpose");
    }

    @Test
    void whatViewersNeedGoesUp() {
        start();
        assertThat(stream.requestKeyframe("lag", 3)).isTrue();
        assertThat(stream.adviseRate(OptionalLong.of(1_000_000), 4, 900_000)).isTrue();
        assertThat(said).anyMatch(up -> up instanceof UpMessage.NeedKey need && need.reason().equals("lag") && need.clients() == 3);
        assertThat(said).anyMatch(up -> up instanceof UpMessage.Rate rate && rate.targetBps().equals(OptionalLong.of(1_000_000))
                && rate.clients() == 4 && rate.carriedBps() == 900_000);
        link.lose();
        assertThat(stream.requestKeyframe("lag", 3)).isFalse();
    }

    @Test
    void anyBytesAreHarmlessAndCounted() {
        start();
        Random random = new Random(3);
        List<String> subjects = List.of(SUBJECTS.keyframes(), SUBJECTS.others(), SUBJECTS.replay(), SUBJECTS.info());
        for (int i = 0; i < 20_000; i++) {
            byte[] message = new byte[random.nextInt(120)];
            random.nextBytes(message);
            if (message.length > 8 && random.nextBoolean()) {
                ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).put((byte) 1).put((byte) random.nextInt(4))
                        .putShort((short) random.nextInt(3)).putShort((short) random.nextInt(3));
            }
            link.publish(subjects.get(random.nextInt(subjects.size())), message);
        }
        link.publish(SUBJECTS.info(), new OriginInfo(ORIGIN, 1, 9, OriginInfo.State.LIVE, false, 1, true, "Front").json());
        publish(SUBJECTS.keyframes(), MessageKind.FRAME, 1, frame(40, true, 100));
        await("a real frame comes", () -> frames.size() == 1);
        assertThat(stream.statistics().malformed()).isPositive();
    }

    @Test
    void whatIsNoneOfTheRelaysIsCountedOnEachSubject() {
        start();
        byte[] nonsense = "{\"origin\":7}".getBytes(StandardCharsets.UTF_8);
        List<String> subjects = link.filters().stream().filter(filter -> !filter.equals(SUBJECTS.up())).toList();
        subjects.forEach(subject -> link.publish(subject, nonsense));
        assertThat(subjects).as("k, d, g, info and the answers to beats").hasSize(5);
        await("all are counted", () -> stream.statistics().malformed() == subjects.size());
    }

    @Test
    void streamsAreHeardOfByWhatTheirOriginsSay() {
        EdgeStreams streams = new EdgeStreams(link, "sdr.v1");
        streams.listenToAll();
        link.publish(SUBJECTS.info(), new OriginInfo(ORIGIN, 1, 0, OriginInfo.State.STALE, false, 2, false, "Front").json());
        link.publish("sdr.v1.info.arm", "{}".getBytes(StandardCharsets.UTF_8));
        byte[] info = new OriginInfo(ORIGIN, 1, 0, OriginInfo.State.LIVE, false, 1, true, "").json();
        for (String name : List.of("a.b.c.d.e", "<b>", "a\"", "x".repeat(65), "a..b", "a/b")) {
            link.publish("sdr.v1.info." + name, info);
        }

        HeardStream heard = new HeardStream("robot.front", "Front", EdgeSource.State.STALE, 2, false);
        assertThat(streams.allHeard()).containsExactly(heard);
        assertThat(streams.heard("robot.front")).contains(heard);
        assertThat(streams.heard("arm")).isEmpty();
    }
}
