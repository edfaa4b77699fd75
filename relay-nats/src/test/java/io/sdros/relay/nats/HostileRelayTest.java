package io.sdros.relay.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.origin.Origin;
import io.sdros.relay.nats.wire.RelaySubjects;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An origin and an edge, each on its thread, between which somebody says everything that must not harm them. What is said in a
 * round follows from its number: {@code -Dsdr.relay.rounds=100}, from {@code -Dsdr.relay.seed=} on; what happens does not, which
 * is what {@link HostileSimulationTest} is for.
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
    private final NumberedViewer viewer = new NumberedViewer();
    private final OriginStream origin = new OriginStream(link, "sdr.v1", new OriginConfig("front", "Front", true, 5, Duration.ofMillis(250),
            4_096, 4 << 20), new Origin.Identity(ORIGIN, 0), frames, new OriginListener() { }, () -> new OriginSource(SourceState.LIVE, 1));
    private final EdgeStreams edges = new EdgeStreams(link, "sdr.v1");
    private final EdgeStream edge = edges.stream("front", new EdgeStreamConfig(true, Duration.ofMillis(300), 8, 16 << 20, () -> 1),
            () -> true, viewer);
    private final Thread producer = new Thread(this::produce, "producer");

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

    /** What was said before has had its effect then: a stream's thread may be behind by more than a few frames. */
    private void goesOn() {
        long before = viewer.genuine();
        long made = frames.made();
        Eventually.await("frames come", () -> viewer.genuine() > before + FEW_FRAMES && viewer.lastGenuine() > made);
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
            assertThat(usedBytes() - usedBytes).as("held after " + hostile).isLessThan(MOST_HELD_BYTES);
            hostile.close();
        }
    }

    /** Who does not pretend to be the origin changes nothing of what viewers get. */
    private void strangers(HostileMessages hostile) {
        // Of those who pretended before, the origin may have thought that they are edges, and wait for them.
        Eventually.await("frames to make wrong ones of", hostile::hasOverheard);
        EdgeStatistics before = edge.statistics();
        Map<String, Long> lost = lostOnTheWay();
        int reconnects = link.reconnects.get();
        long malformedAtOrigin = origin.statistics().malformed();
        long forged = viewer.forged();
        long gaps = viewer.gaps();
        for (int i = 0; i < MESSAGES; i++) {
            hostile.asAStranger();
            breathe(i);
        }
        goesOn();
        assertThat(viewer.forged()).as("frames that are not the origin's: " + hostile).isEqualTo(forged);
        assertThat(viewer.gaps()).as("gaps that nobody was told of: " + hostile).isEqualTo(gaps);
        if (link.reconnects.get() == reconnects) {
            assertThat(lostOnTheWay()).as("frames lost: " + hostile).isEqualTo(lost);
        }
        assertThat(edge.statistics().malformed()).as("malformed at the edge: " + hostile).isGreaterThan(before.malformed());
        isCounted("foreign", hostile, HostileMessages.Stranger.OTHER_ORIGIN, () -> edge.statistics().foreign() > before.foreign());
        isCounted("malformed at the origin", hostile, HostileMessages.Stranger.CUT_JSON,
                () -> origin.statistics().malformed() > malformedAtOrigin);
        assertThat(viewer.failures()).isEmpty();
    }

    /** What has waited for too long on a busy machine is left out, and then is to be said again. */
    private static void isCounted(String what, HostileMessages hostile, HostileMessages.Stranger kind, BooleanSupplier counted) {
        Eventually.await(what + ": " + hostile, () -> {
            if (counted.getAsBoolean()) {
                return true;
            }
            hostile.asAStranger(kind);
            return false;
        });
    }

    /**
     * A machine that is busy enough is late by itself, and leaves out what has waited for too long, or parts of it, also before
     * it is sent. What that is when the connection is made anew cannot be told apart.
     */
    private Map<String, Long> lostOnTheWay() {
        Map<String, Long> lost = new TreeMap<>(edge.statistics().lost());
        lost.keySet().removeAll(List.of("lag", "edge", "incomplete", "origin"));
        return lost;
    }

    /** Who may speak as the origin can show what he likes, and when he stops it is as before. */
    private void impostors(HostileMessages hostile) {
        for (int i = 0; i < MESSAGES; i++) {
            hostile.asAnImpostor();
            breathe(i);
        }
        Eventually.await("frames come one after the other again, without gaps or other ones, after " + hostile, () -> {
            long forged = viewer.forged();
            long gaps = viewer.gaps();
            Map<String, Long> lost = lostOnTheWay();
            goesOn();
            return viewer.forged() == forged && viewer.gaps() == gaps && lostOnTheWay().equals(lost);
        });
        assertThat(viewer.failures()).isEmpty();
    }

    /** Nobody is faster than a network, or nothing else would be seen of a link that is in memory. */
    private static void breathe(int message) {
        if (message % 20 == 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
