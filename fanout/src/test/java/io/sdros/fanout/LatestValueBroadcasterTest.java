package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LatestValueBroadcasterTest {

    private final List<String> evictedKeys = new ArrayList<>();
    private final LatestValueBroadcaster<String, String> broadcaster =
            LatestValueBroadcaster.<String, String>builder()
                    .maxMessages(2)
                    .cachedKeys(3)
                    .evictions((key, subscribers) -> evictedKeys.addAll(Collections.nCopies(subscribers, key)))
                    .build();

    private static <M> List<M> drain(LatestValueSubscription<String, M> subscription) {
        List<M> messages = new ArrayList<>();
        for (M message = subscription.poll(); message != null; message = subscription.poll()) {
            messages.add(message);
        }
        return messages;
    }

    @Test
    void aNewSubscriberFirstGetsTheLastOfEachKeyThenLive() {
        broadcaster.publish("a", "a1", 1);
        broadcaster.publish("b", "b1", 1);
        broadcaster.publish("a", "a2", 1);
        LatestValueSubscription<String, String> subscription = broadcaster.subscribe();
        broadcaster.publish("c", "c1", 1);
        assertThat(drain(subscription)).containsExactly("b1", "a2", "c1");
    }

    @Test
    void keepsOnlyWhatIsToBeKept() {
        LatestValueBroadcaster<String, String> some =
                LatestValueBroadcaster.<String, String>builder()
                        .cachedKeys(1)
                        .cacheable(key -> !key.equals("a"))
                        .build();
        LatestValueSubscription<String, String> early = some.subscribe();
        some.publish("b", "b1", 1);
        some.publish("a", "a1", 1);
        assertThat(drain(some.subscribe())).as("and it takes no place from the others").containsExactly("b1");
        assertThat(drain(early)).containsExactly("b1", "a1");
    }

    @Test
    void isReadyUntilAPollFindsNothing() {
        LatestValueSubscription<String, String> subscription = broadcaster.subscribe();
        assertThat(subscription.ready()).isTrue();
        assertThat(subscription.poll()).isNull();
        assertThat(subscription.ready()).isFalse();
        broadcaster.publish("a", "a1", 1);
        assertThat(subscription.ready()).isTrue();
        assertThat(subscription.poll()).isEqualTo("a1");
        assertThat(subscription.ready()).isTrue();
        assertThat(subscription.poll()).isNull();
        assertThat(subscription.ready()).isFalse();
    }

    @Test
    void theKeptMessagesDoNotCountAgainstTheQueue() {
        LatestValueBroadcaster<String, String> small =
                LatestValueBroadcaster.<String, String>builder().maxMessages(2).cachedKeys(5).build();
        for (String key : List.of("a", "b", "c")) {
            small.publish(key, key, 1);
        }
        LatestValueSubscription<String, String> subscription = small.subscribe();
        small.publish("d", "d", 1);
        small.publish("e", "e", 1);
        assertThat(drain(subscription)).containsExactly("a", "b", "c", "d", "e");
        assertThat(small.statistics().evicted()).isZero();
    }

    @Test
    void theLongestSilentKeyIsForgotten() {
        broadcaster.publish("a", "a1", 1);
        broadcaster.publish("b", "b1", 1);
        broadcaster.publish("c", "c1", 1);
        broadcaster.publish("a", "a2", 1);
        broadcaster.publish("d", "d1", 1);
        assertThat(drain(broadcaster.subscribe())).containsExactly("c1", "a2", "d1");
        assertThat(broadcaster.statistics().cachedKeys()).isEqualTo(3);
    }

    @Test
    void nothingIsKeptWhenOff() {
        LatestValueBroadcaster<String, String> off = LatestValueBroadcaster.<String, String>builder()
                .cachedKeys(0)
                .build();
        off.publish("a", "a1", 1);
        assertThat(drain(off.subscribe())).isEmpty();
    }

    @Test
    void evictionsAreToldByKeyAndSubscriber() {
        broadcaster.subscribe();
        LatestValueSubscription<String, String> quick = broadcaster.subscribe();
        for (String key : List.of("a", "b", "c")) {
            broadcaster.publish(key, key, 1);
            assertThat(drain(quick)).containsExactly(key);
        }
        assertThat(evictedKeys).as("the slow one's oldest").containsExactly("a");
        assertThat(broadcaster.statistics()).isEqualTo(new LatestValueStatistics(3, 1, 0, 3, 2));
    }

    @Test
    void theWakeUpComesOnceUntilAllIsPolled() {
        AtomicInteger ready = new AtomicInteger();
        WakeupGroup group = new WakeupGroup(ready::incrementAndGet);
        LatestValueSubscription<String, String> subscription = broadcaster.subscribe(group);
        assertThat(subscription.poll()).isNull();
        broadcaster.publish("a", "a1", 1);
        broadcaster.publish("a", "a2", 1);
        assertThat(ready).hasValue(1);
        group.beginDrain();
        assertThat(subscription.poll()).isEqualTo("a1");
        broadcaster.publish("a", "a3", 1);
        assertThat(ready).as("it has not come to the end yet").hasValue(1);
        assertThat(drain(subscription)).containsExactly("a2", "a3");
        broadcaster.publish("a", "a4", 1);
        assertThat(ready).hasValue(2);
    }

    @Test
    void aCallbackThatThrowsHarmsNobodyElse() {
        LatestValueSubscription<String, String> bad = broadcaster.subscribe(new WakeupGroup(() -> {
            throw new IllegalStateException("gone");
        }));
        AtomicInteger ready = new AtomicInteger();
        WakeupGroup group = new WakeupGroup(ready::incrementAndGet);
        LatestValueSubscription<String, String> good = broadcaster.subscribe(group);
        bad.poll();
        good.poll();
        broadcaster.publish("a", "a1", 1);
        assertThat(ready).hasValue(1);
        assertThat(broadcaster.statistics().failedCallbacks()).isEqualTo(1);
    }

    @Test
    void aCallbackThatFailedIsMadeUpForAtTheNextPublication() {
        AtomicInteger calls = new AtomicInteger();
        LatestValueSubscription<String, String> subscription = broadcaster.subscribe(new WakeupGroup(() -> {
            if (calls.getAndIncrement() == 0) {
                throw new InternalError("injected");
            }
        }));
        subscription.poll();
        assertThatThrownBy(() -> broadcaster.publish("a", "a1", 1)).isInstanceOf(InternalError.class);
        broadcaster.publish("a", "a2", 1);
        assertThat(calls).hasValue(2);
        assertThat(drain(subscription)).containsExactly("a1", "a2");
    }

    @Test
    void aKeptMessageThatHasBeenReplacedIsNotHeldForWhoeverHasNotPolledIt() {
        broadcaster.publish("a", "a1", 1);
        broadcaster.publish("b", "b1", 1);
        LatestValueSubscription<String, String> late = broadcaster.subscribe();
        broadcaster.publish("a", "a2", 1);
        assertThat(drain(late)).containsExactly("b1", "a2");
    }

    @Test
    void whatAllTogetherHoldIsBounded() {
        List<String> lost = new ArrayList<>();
        LatestValueBroadcaster<String, String> tight = LatestValueBroadcaster.<String, String>builder()
                .maxHeldBytes(1000)
                .cachedKeys(0)
                .evictions((key, subscribers) -> lost.add(key + subscribers))
                .build();
        List<LatestValueSubscription<String, String>> all = List.of(tight.subscribe(), tight.subscribe());
        for (int i = 0; i < 20; i++) {
            tight.publish("key" + i, "message", 100);
        }
        for (LatestValueSubscription<String, String> each : all) {
            assertThat(drain(each)).hasSizeBetween(8, 10);
        }
        assertThat(lost).hasSizeBetween(20, 24).contains("key01").doesNotContain("key191");
    }

    @Test
    void aClosedSubscriptionGetsNothingAnyMore() {
        broadcaster.publish("a", "a1", 1);
        AtomicInteger ready = new AtomicInteger();
        WakeupGroup group = new WakeupGroup(ready::incrementAndGet);
        LatestValueSubscription<String, String> subscription = broadcaster.subscribe(group);
        broadcaster.publish("a", "a2", 1);
        subscription.close();
        subscription.close();
        assertThat(subscription.poll()).isNull();
        broadcaster.publish("a", "a3", 1);
        assertThat(subscription.poll()).isNull();
        assertThat(ready).hasValue(0);
        assertThat(broadcaster.statistics().subscribers()).isZero();
    }

    @Test
    void misuseIsRefused() {
        LatestValueBroadcasterBuilder<String, String> builder = LatestValueBroadcaster.builder();
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxMessages(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxBytes(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxHeldBytes(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.cachedKeys(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> broadcaster.publish("a", "m", -1));
        assertThatNullPointerException().isThrownBy(() -> broadcaster.publish(null, "m", 1));
        assertThatNullPointerException().isThrownBy(() -> broadcaster.publish("a", null, 1));
    }

    @Test
    void joiningWhileOthersPublishLeavesNoGapAndNoRepeat() throws Exception {
        int messages = 60_000;
        LatestValueBroadcaster<String, Integer> numbers = LatestValueBroadcaster.<String, Integer>builder()
                .maxMessages(messages)
                .cachedKeys(1)
                .build();
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CompletableFuture<Void> publisher = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < messages; i++) {
                    numbers.publish("key", i, 1);
                }
                done.set(true);
            }, threads);
            CompletableFuture<Integer> joiner =
                    CompletableFuture.supplyAsync(() -> joinAgainAndAgain(numbers, done), threads);
            publisher.get(30, TimeUnit.SECONDS);
            assertThat(joiner.get(30, TimeUnit.SECONDS)).isPositive();
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
    }

    private static int joinAgainAndAgain(LatestValueBroadcaster<String, Integer> numbers, AtomicBoolean done) {
        int joins = 0;
        while (!done.get()) {
            LatestValueSubscription<String, Integer> subscription = numbers.subscribe();
            Integer last = null;
            for (int polls = 0; polls < 200; polls++) {
                Integer next = subscription.poll();
                if (next != null && last != null) {
                    assertThat(next).isEqualTo(last + 1);
                }
                last = next == null ? last : next;
            }
            subscription.close();
            joins++;
        }
        return joins;
    }

    @Test
    void noCallbackIsEverLost() throws Exception {
        int messages = 100_000;
        LatestValueBroadcaster<String, Integer> numbers = LatestValueBroadcaster.<String, Integer>builder()
                .maxMessages(messages)
                .cachedKeys(0)
                .build();
        ExecutorService publisher = Executors.newSingleThreadExecutor();
        AtomicBoolean called = new AtomicBoolean();
        try {
            WakeupGroup group = new WakeupGroup(() -> called.set(true));
            LatestValueSubscription<String, Integer> subscription = numbers.subscribe(group);
            assertThat(subscription.poll()).isNull();
            publisher.execute(() -> {
                for (int i = 0; i < messages; i++) {
                    numbers.publish("key", i, 1);
                }
            });
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            int polled = 0;
            while (polled < messages) {
                assertThat(System.nanoTime()).as("never called after message %d", polled).isLessThan(deadline);
                if (called.getAndSet(false)) {
                    group.beginDrain();
                    polled += drain(subscription).size();
                } else {
                    Thread.onSpinWait();
                }
            }
        } finally {
            publisher.shutdownNow();
        }
    }
}
