package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Plain threads that wait for their messages. */
@Timeout(60)
class WaitingTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(5);
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

    private final Broadcaster<Integer> numbers =
            Broadcaster.<Integer>builder().keyframeGating(false).maxLatency(Duration.ZERO).capacity(1 << 17).build();
    private final LatestValueBroadcaster<String, Integer> values = LatestValueBroadcaster.<String, Integer>builder()
            .maxMessages(1 << 17).cachedKeys(0).build();

    private StreamSubscription<Integer> joined(WakeupGroup group) {
        StreamSubscription<Integer> subscription = numbers.subscribe(group);
        numbers.service();
        return subscription;
    }

    /** Runs on a thread of its own, whose end is the test's to await. */
    private static Thread start(CompletableFuture<Object> result, Waiting waiting) {
        Thread thread = new Thread(() -> {
            try {
                result.complete(waiting.run());
            } catch (InterruptedException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        }, "waiting");
        thread.setDaemon(true);
        thread.start();
        await(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return thread;
    }

    private interface Waiting {
        Object run() throws InterruptedException;
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void aMessageThatIsThereIsNotWaitedFor() throws Exception {
        StreamSubscription<Integer> subscription = joined(new WakeupGroup());
        numbers.publish(1, false, 1);
        assertThat(subscription.poll(Duration.ZERO)).isEqualTo(1);
    }

    @Test
    void nothingInTimeIsNull() throws Exception {
        assertThat(joined(new WakeupGroup()).poll(SHORT)).isNull();
        assertThat(values.subscribe().poll(SHORT)).isNull();
        assertThat(new WakeupGroup().await(SHORT)).isFalse();
    }

    @Test
    void aMessageEndsTheWait() throws Exception {
        StreamSubscription<Integer> subscription = joined(new WakeupGroup());
        CompletableFuture<Object> result = new CompletableFuture<>();
        start(result, () -> subscription.poll(FOR_EVER));
        numbers.publish(1, false, 1);
        assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void aLatestValueEndsTheWait() throws Exception {
        LatestValueSubscription<String, Integer> subscription = values.subscribe();
        CompletableFuture<Object> result = new CompletableFuture<>();
        start(result, () -> subscription.poll(FOR_EVER));
        values.publish("key", 1, 1);
        assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void closingEndsTheWait() throws Exception {
        StreamSubscription<Integer> subscription = joined(new WakeupGroup());
        LatestValueSubscription<String, Integer> value = values.subscribe();
        for (Subscription<Integer> each : List.of(subscription, value)) {
            CompletableFuture<Object> result = new CompletableFuture<>();
            start(result, () -> each.poll(FOR_EVER));
            assertThat(each.closed()).isFalse();
            each.close();
            assertThat(result.get(30, TimeUnit.SECONDS)).isNull();
            assertThat(each.closed()).isTrue();
        }
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        StreamSubscription<Integer> subscription = joined(new WakeupGroup());
        CompletableFuture<Object> result = new CompletableFuture<>();
        Thread thread = start(result, () -> subscription.poll(FOR_EVER));
        thread.interrupt();
        assertThatThrownBy(() -> result.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void anAdmissionEndsTheWaitForTheGroup() throws Exception {
        WakeupGroup group = new WakeupGroup();
        numbers.subscribe(group);
        CompletableFuture<Object> result = new CompletableFuture<>();
        start(result, () -> group.await(FOR_EVER));
        numbers.service();
        assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(true);
        assertThat(group.await(Duration.ZERO)).as("the drain has begun").isFalse();
    }

    @Test
    void whoPollsOneOfSeveralCannotWaitForIt() {
        WakeupGroup group = new WakeupGroup();
        StreamSubscription<Integer> one = joined(group);
        LatestValueSubscription<String, Integer> other = values.subscribe(group);
        for (Subscription<Integer> each : List.of(one, other)) {
            assertThatThrownBy(() -> each.poll(LONG)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("2 subscriptions");
        }
        other.close();
        assertThat(one.poll()).isNull();
        numbers.publish(1, false, 1);
        assertThat(poll(one)).isEqualTo(1);
    }

    private static Integer poll(Subscription<Integer> subscription) {
        try {
            return subscription.poll(LONG);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** One wake-up lost, and the last message is not polled before the test's time is over. */
    @Test
    void noWakeUpIsLostWhileBothSidesAreAtWork() throws Exception {
        int messages = 100_000;
        WakeupGroup group = new WakeupGroup();
        StreamSubscription<Integer> frames = joined(group);
        LatestValueSubscription<String, Integer> latest = values.subscribe(group);
        CompletableFuture<Integer> polled =
                CompletableFuture.supplyAsync(() -> drain(group, List.of(frames, latest), 2 * messages));
        for (int i = 0; i < messages; i++) {
            numbers.publish(i, false, 1);
            values.publish("key", i, 1);
        }
        assertThat(polled.get(60, TimeUnit.SECONDS)).isEqualTo(2 * messages);
    }

    private static int drain(WakeupGroup group, List<Subscription<Integer>> subscriptions, int most) {
        int polled = 0;
        try {
            while (polled < most && (polled == 0 || group.await(LONG))) {
                for (Subscription<Integer> each : subscriptions) {
                    while (each.poll() != null) {
                        polled++;
                    }
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return polled;
    }
}
