package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.StressClient.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One producer, and subscribers that stall, cancel and join again at random, each on whichever of a few threads comes
 * by. The clients assert the delivery rule; here is asserted that nobody is forgotten.
 */
@Tag("slow")
class BroadcasterStressTest {

    private static final int THREADS = 3;
    private static final int CLIENTS = 12;
    private static final int NEEDS = 100;
    private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final AtomicLong requests = new AtomicLong();
    private final SplittableRandom random = new SplittableRandom(42);
    private final List<StressClient> clients = new ArrayList<>();
    private long answered;
    private long nextNumber;

    private Broadcaster<Frame> broadcaster(int capacity, long gopCacheBytes, Duration maxLatency) {
        return Broadcaster.<Frame>builder()
                .capacity(capacity)
                .gopCacheBytes(gopCacheBytes)
                .maxLatency(maxLatency)
                .requestInterval(Duration.ofMillis(1))
                .clientRequestInterval(Duration.ZERO)
                .keyframeRequestSink((reason, waiting) -> requests.incrementAndGet() > 0)
                .build();
    }

    @ParameterizedTest
    @CsvSource({"64, 8000000", "8, 8000000", "5, 200", "1, 0"})
    void keepsTheDeliveryRule(int capacity, long gopCacheBytes) throws Exception {
        Broadcaster<Frame> broadcaster = broadcaster(capacity, gopCacheBytes, Duration.ofMillis(5));
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new StressClient(broadcaster, StressClient.Manner.LOSSY, i));
        }
        runUntil(() -> broadcaster.statistics().subscriptionsTotal() > CLIENTS && broadcaster.statistics().lagEvents() > 0
                && broadcaster.statistics().dropped(DropReason.OVERFLOW) > 0, broadcaster, true, true);
        assertEverybodyGetsTheNextKeyframe(broadcaster);
        BroadcasterStatistics statistics = broadcaster.statistics();
        assertThat(statistics.subscriptionsTotal()).as("somebody joined again").isGreaterThan(CLIENTS);
        assertThat(statistics.lagEvents()).isPositive();
        assertThat(statistics.dropped(DropReason.OVERFLOW)).isPositive();
        assertThat(statistics.subscribers()).isEqualTo(CLIENTS);
        assertThat(statistics.keyframeRequests().sent()).isEqualTo(requests.get()).isPositive();
    }

    /** Queues with room for the whole run: whoever joins when and stalls how long, not one message is missing. */
    @ParameterizedTest
    @CsvSource({"524288, 8000000", "500000, 0"})
    void whoNeverLagsMissesNothingFromJoiningOn(int capacity, long gopCacheBytes) throws Exception {
        Broadcaster<Frame> broadcaster = broadcaster(capacity, gopCacheBytes, Duration.ZERO);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new StressClient(broadcaster, StressClient.Manner.LOSSLESS, i));
        }
        runUntil(() -> broadcaster.statistics().subscriptionsTotal() > CLIENTS, broadcaster, true, false);
        assertThat(nextNumber).isLessThan(capacity);
        assertEverybodyGetsTheNextKeyframe(broadcaster);
        assertThat(broadcaster.statistics().lagEvents()).isZero();
        assertThat(broadcaster.statistics().subscriptionsTotal()).isGreaterThan(CLIENTS);
    }

    /** Keyframes come only when requested, and nobody else's request helps: one need lost would be for ever. */
    @Test
    void noNeedIsEverLost() throws Exception {
        Broadcaster<Frame> broadcaster = broadcaster(4, 0, Duration.ZERO);
        clients.add(new StressClient(broadcaster, StressClient.Manner.LOSSY, 1));
        runUntil(() -> broadcaster.statistics().lagEvents() > NEEDS, broadcaster, false, false);
        assertThat(broadcaster.statistics().lagEvents()).isGreaterThan(NEEDS);
        long deliveredBefore = clients.get(0).delivered();
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (clients.get(0).delivered() == deliveredBefore) {
            assertThat(System.nanoTime()).as("waits in vain").isLessThan(deadline);
            publishOne(broadcaster, false);
            broadcaster.service();
            clients.get(0).drain();
        }
    }

    private void assertEverybodyGetsTheNextKeyframe(Broadcaster<Frame> broadcaster) {
        broadcaster.service();
        clients.forEach(StressClient::drain);
        long number = nextNumber++;
        broadcaster.publish(new Frame(number, true), true, 10);
        for (StressClient client : clients) {
            client.drain();
            assertThat(client.last().number()).isEqualTo(number);
        }
    }

    /** Until enough has happened, however long that takes a busy machine, or one that stands still for a while. */
    private void runUntil(BooleanSupplier enough, Broadcaster<Frame> broadcaster, boolean naturalKeyframes, boolean breaks)
            throws Exception {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        do {
            run(broadcaster, naturalKeyframes, breaks);
        } while (!enough.getAsBoolean() && System.nanoTime() < deadline);
    }

    private void run(Broadcaster<Frame> broadcaster, boolean naturalKeyframes, boolean breaks) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<CompletableFuture<Void>> pollers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int offset = i * clients.size() / THREADS;
                pollers.add(CompletableFuture.runAsync(() -> poll(offset, done), threads));
            }
            long deadline = System.nanoTime() + RUN_NANOS;
            while (System.nanoTime() < deadline && pollers.stream().noneMatch(CompletableFuture::isDone)) {
                produce(broadcaster, naturalKeyframes, breaks);
            }
            done.set(true);
            for (CompletableFuture<Void> poller : pollers) {
                poller.get(DEADLINE_NANOS, TimeUnit.NANOSECONDS);
            }
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
    }

    private void poll(int offset, AtomicBoolean done) {
        for (int i = offset; !done.get(); i++) {
            clients.get(i % clients.size()).act();
        }
    }

    private void produce(Broadcaster<Frame> broadcaster, boolean naturalKeyframes, boolean breaks) {
        if (breaks && random.nextInt(300) == 0) {
            broadcaster.discontinuity();
            // The number shows the break, so that a message which crosses it is noticed.
            nextNumber++;
        }
        publishOne(broadcaster, naturalKeyframes && random.nextInt(50) == 0);
        if (random.nextInt(4) == 0) {
            broadcaster.service();
        }
        if (random.nextInt(20) == 0) {
            LockSupport.parkNanos(random.nextInt(300_000));
        }
    }

    private void publishOne(Broadcaster<Frame> broadcaster, boolean naturalKeyframe) {
        boolean asked = requests.get() > answered;
        answered = requests.get();
        boolean keyframe = asked || naturalKeyframe;
        broadcaster.publish(new Frame(nextNumber++, keyframe), keyframe, 10);
    }
}
