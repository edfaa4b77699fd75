package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One producer, and subscribers that stall, cancel and join again at random, each on whichever of a few threads has its
 * turn. What is asserted is the delivery rule: a keyframe first, nothing twice, nothing out of order, and whatever is
 * not a keyframe continues what was delivered before.
 */
class BroadcasterStressTest {

    private static final int THREADS = 3;
    private static final int QUICK = 3;
    private static final int ERRATIC = 9;
    private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

    /** @param number +1 per published message; a break shows in it as a gap */
    private record Frame(long number, boolean keyframe) {}

    /** One subscriber; every use of it under its own monitor, which is the "turn". */
    private static final class Client {
        private final Broadcaster<Frame> broadcaster;
        private final boolean erratic;
        private final SplittableRandom random;
        private Subscription<Frame> subscription;
        private Frame last;
        private boolean first = true;
        private int stalls;
        private long delivered;
        private long joins;

        Client(Broadcaster<Frame> broadcaster, boolean erratic, long seed) {
            this.broadcaster = broadcaster;
            this.erratic = erratic;
            random = new SplittableRandom(seed);
            join();
        }

        private void join() {
            subscription = broadcaster.subscribe(() -> {});
            first = true;
            joins++;
        }

        synchronized void turn() {
            if (stalls > 0) {
                stalls--;
                return;
            }
            int budget = erratic ? random.nextInt(12) : Integer.MAX_VALUE;
            for (Frame frame = null; budget > 0 && (frame = subscription.poll()) != null; budget--) {
                check(frame);
                delivered++;
            }
            if (erratic) {
                misbehave();
            }
        }

        private void misbehave() {
            int dice = random.nextInt(400);
            if (dice < 4) {
                stalls = random.nextInt(2_000);
            } else if (dice == 4) {
                subscription.cancel();
                assertThat(subscription.poll()).isNull();
                join();
            }
        }

        private void check(Frame frame) {
            if (first) {
                assertThat(frame.keyframe()).as("the first is a keyframe").isTrue();
                if (last != null) {
                    // A new subscription may repeat what the one before had: the replay.
                    last = null;
                }
            } else if (!frame.keyframe() || !erratic) {
                assertThat(frame.number()).as("continues %s", last).isEqualTo(last.number() + 1);
            } else {
                assertThat(frame.number()).as("after %s", last).isGreaterThan(last.number());
            }
            first = false;
            last = frame;
        }
    }

    @ParameterizedTest
    @CsvSource({"64, 8000000", "8, 8000000", "5, 200", "1, 0"})
    void keepsTheDeliveryRule(int capacity, long gopCacheBytes) throws Exception {
        AtomicLong requests = new AtomicLong();
        Broadcaster<Frame> broadcaster = Broadcaster.<Frame>builder()
                .capacity(capacity)
                .gopCacheBytes(gopCacheBytes)
                .maxLatency(Duration.ofMillis(5))
                .requestInterval(Duration.ofMillis(3))
                .clientRequestInterval(Duration.ZERO)
                .keyframeRequestSink((reason, clients) -> requests.incrementAndGet() > 0)
                .build();
        List<Client> erratic = new ArrayList<>();
        for (int i = 0; i < ERRATIC; i++) {
            erratic.add(new Client(broadcaster, true, i));
        }
        AtomicLong numbers = new AtomicLong();
        run(broadcaster, erratic, requests, numbers, 20);
        for (Client client : erratic) {
            assertThat(client.delivered).isPositive();
        }
        assertThat(erratic.stream().mapToLong(client -> client.joins).sum()).isGreaterThan(ERRATIC);
        BroadcasterStatistics statistics = broadcaster.statistics();
        assertThat(statistics.lagEvents()).isPositive();
        assertThat(statistics.dropped(DropReason.OVERFLOW)).isPositive();
        assertThat(statistics.subscribers()).isEqualTo(ERRATIC);
        assertThat(statistics.keyframeRequests().sent()).isEqualTo(requests.get()).isPositive();
    }

    /** With room for everything they hold, and erratic neighbours: not one message is missing from joining on. */
    @ParameterizedTest
    @CsvSource({"262144, 8000000", "200000, 0"})
    void whoNeverLagsMissesNothing(int capacity, long gopCacheBytes) throws Exception {
        AtomicLong requests = new AtomicLong();
        Broadcaster<Frame> broadcaster = Broadcaster.<Frame>builder()
                .capacity(capacity)
                .gopCacheBytes(gopCacheBytes)
                .maxLatency(Duration.ZERO)
                .keyframeRequestSink((reason, clients) -> requests.incrementAndGet() > 0)
                .build();
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < QUICK + ERRATIC; i++) {
            clients.add(new Client(broadcaster, i >= QUICK, i));
        }
        AtomicLong numbers = new AtomicLong();
        run(broadcaster, clients, requests, numbers, Integer.MAX_VALUE);
        for (Client client : clients.subList(0, QUICK)) {
            client.turn();
            assertThat(client.last.number()).as("the last one published").isEqualTo(numbers.get() - 1);
            assertThat(client.subscription.lagEvents()).isZero();
        }
    }

    private static void run(
            Broadcaster<Frame> broadcaster, List<Client> clients, AtomicLong requests, AtomicLong numbers, int breaks)
            throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<CompletableFuture<Void>> pollers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int offset = i * clients.size() / THREADS;
                pollers.add(CompletableFuture.runAsync(() -> poll(clients, offset, done), threads));
            }
            produce(broadcaster, requests, numbers, breaks != Integer.MAX_VALUE, pollers);
            done.set(true);
            for (CompletableFuture<Void> poller : pollers) {
                poller.get(30, TimeUnit.SECONDS);
            }
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
    }

    private static void poll(List<Client> clients, int offset, AtomicBoolean done) {
        for (int i = offset; !done.get(); i++) {
            clients.get(i % clients.size()).turn();
        }
    }

    private static void produce(
            Broadcaster<Frame> broadcaster,
            AtomicLong requests,
            AtomicLong numbers,
            boolean breaks,
            List<CompletableFuture<Void>> pollers) {
        SplittableRandom random = new SplittableRandom(42);
        long answered = 0;
        long deadline = System.nanoTime() + RUN_NANOS;
        while (System.nanoTime() < deadline && pollers.stream().noneMatch(CompletableFuture::isDone)) {
            boolean asked = requests.get() > answered && random.nextInt(10) == 0;
            boolean keyframe = asked || random.nextInt(50) == 0;
            if (asked) {
                answered = requests.get();
            }
            if (breaks && random.nextInt(300) == 0) {
                broadcaster.discontinuity();
                // The number shows the break, so that a message which crosses it is noticed.
                numbers.incrementAndGet();
            }
            broadcaster.publish(new Frame(numbers.getAndIncrement(), keyframe), keyframe, 10);
            if (random.nextInt(4) == 0) {
                broadcaster.service();
            }
            if (random.nextInt(20) == 0) {
                LockSupport.parkNanos(random.nextInt(300_000));
            }
        }
        broadcaster.service();
    }
}
