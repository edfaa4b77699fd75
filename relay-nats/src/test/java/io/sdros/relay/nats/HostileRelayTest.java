package io.sdros.relay.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.origin.Origin;
import io.sdros.relay.nats.wire.RelaySubjects;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An origin and an edge between which somebody says everything that must not harm them, in rounds of which each follows from
 * its number: {@code -Dsdr.relay.rounds=1000}, from {@code -Dsdr.relay.seed=} on.
 */
class HostileRelayTest {

    private static final int ROUNDS = Integer.getInteger("sdr.relay.rounds", 1);
    private static final long SEED = Long.getLong("sdr.relay.seed", 1);
    private static final long ORIGIN = 0x0123_4567_89AB_CDEFL;
    private static final int MESSAGES = 1_000;
    private static final RelaySubjects SUBJECTS = RelaySubjects.of("sdr.v1", "front");
    private static final long FRAME_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long MOST_HELD_BYTES = 64L << 20;
    private static final int FEW_FRAMES = 2 * NumberedFrames.GROUP;

    private final MemoryLink link = new MemoryLink();
    private final NumberedFrames frames = new NumberedFrames();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Viewer viewer = new Viewer();
    private final OriginStream origin = new OriginStream(link, "sdr.v1", new OriginConfig("front", "Front", true, 5, Duration.ofMillis(250),
            4_096, 4 << 20), new Origin.Identity(ORIGIN, 0), frames, new OriginListener() { }, () -> new OriginSource(SourceState.LIVE, 1));
    private final EdgeStreams edges = new EdgeStreams(link, "sdr.v1");
    private final EdgeStream edge = edges.stream("front", new EdgeStreamConfig(true, Duration.ofMillis(300), 8, 16 << 20, () -> 1),
            () -> true, viewer);
    private final Thread producer = new Thread(this::produce, "producer");

    /** Looks at each frame. */
    private static final class Viewer implements EdgeStreamListener {
        private final AtomicLong genuine = new AtomicLong();
        private final AtomicLong forged = new AtomicLong();
        private final AtomicLong gaps = new AtomicLong();
        private final List<Throwable> failures = new CopyOnWriteArrayList<>();
        private boolean announced = true;
        private long last;

        @Override
        public void onFrame(EdgeFrame frame) {
            long number = NumberedFrames.number(frame);
            if (NumberedFrames.genuine(frame)) {
                genuine.incrementAndGet();
                // An origin that was not wanted for a moment goes on with a keyframe.
                boolean keyframe = number % NumberedFrames.GROUP == 1;
                gaps.addAndGet(keyframe || number == last + 1 || announced ? 0 : 1);
            } else {
                forged.incrementAndGet();
            }
            announced = false;
            last = number;
        }

        @Override
        public void onDiscontinuity() {
            announced = true;
        }

        @Override
        public void onOtherOrigin() {
            announced = true;
        }

        @Override
        public void onPoll(long nowNanos) {
            // Nothing is due.
        }

        @Override
        public void onUncaught(Throwable failure) {
            failures.add(failure);
        }
    }

    private void produce() {
        while (!ended.get()) {
            frames.makeOne();
            LockSupport.parkNanos(FRAME_NANOS);
        }
    }

    @BeforeEach
    void start() {
        edges.listenToAll();
        edge.start();
        origin.start();
        producer.start();
        goesOn();
    }

    @AfterEach
    void stop() throws InterruptedException {
        ended.set(true);
        producer.join(10_000);
        edge.close();
        origin.close();
    }

    private void goesOn() {
        long before = viewer.genuine.get();
        Eventually.await("frames come", () -> viewer.genuine.get() > before + FEW_FRAMES);
    }

    private static long usedBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void whateverIsSaidIsCountedAndTheStreamGoesOn() {
        long usedBytes = usedBytes();
        for (int round = 0; round < ROUNDS; round++) {
            HostileMessages hostile = new HostileMessages(link, SUBJECTS, ORIGIN, SEED + round);
            strangers(hostile);
            impostors(hostile);
            assertThat(usedBytes() - usedBytes).as("round " + round).isLessThan(MOST_HELD_BYTES);
            hostile.close();
        }
    }

    /** Who does not pretend to be the origin changes nothing of what viewers get. */
    private void strangers(HostileMessages hostile) {
        EdgeStatistics before = edge.statistics();
        Map<String, Long> lost = lostOnTheWay();
        long malformedAtOrigin = origin.statistics().malformed();
        long forged = viewer.forged.get();
        long gaps = viewer.gaps.get();
        for (int i = 0; i < MESSAGES; i++) {
            hostile.asAStranger();
            breathe(i);
        }
        goesOn();
        assertThat(viewer.forged.get()).as("frames that are not the origin's").isEqualTo(forged);
        assertThat(viewer.gaps.get()).as("gaps that nobody was told of").isEqualTo(gaps);
        assertThat(lostOnTheWay()).as("frames lost").isEqualTo(lost);
        assertThat(edge.statistics().malformed()).isGreaterThan(before.malformed());
        assertThat(edge.statistics().foreign()).isGreaterThan(before.foreign());
        assertThat(origin.statistics().malformed()).isGreaterThan(malformedAtOrigin);
        assertThat(viewer.failures).isEmpty();
    }

    /** A machine that is busy enough is late by itself, and leaves out what has waited for too long, or parts of it. */
    private Map<String, Long> lostOnTheWay() {
        Map<String, Long> lost = new TreeMap<>(edge.statistics().lost());
        lost.keySet().removeAll(List.of("lag", "edge", "incomplete"));
        return lost;
    }

    /** Who may speak as the origin can show what he likes, and when he stops it is as before. */
    private void impostors(HostileMessages hostile) {
        for (int i = 0; i < MESSAGES; i++) {
            hostile.asAnImpostor();
            breathe(i);
        }
        Eventually.await("frames come one after the other again, without gaps or other ones", () -> {
            long forged = viewer.forged.get();
            long gaps = viewer.gaps.get();
            Map<String, Long> lost = lostOnTheWay();
            goesOn();
            return viewer.forged.get() == forged && viewer.gaps.get() == gaps && lostOnTheWay().equals(lost);
        });
        assertThat(viewer.failures).isEmpty();
    }

    /** Nobody is faster than a network, or nothing else would be seen of a link that is in memory. */
    private static void breathe(int message) {
        if (message % 20 == 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
