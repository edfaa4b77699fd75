package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.Harness.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A subscriber that waits while frames flow but no keyframe comes times out; without frames nobody does. */
class TimeoutTest {

    private final Harness harness = new Harness(builder -> builder.capacity(4));
    private final AtomicInteger ready = new AtomicInteger();
    private final List<WakeupGroup> groups = new ArrayList<>();
    private boolean servicing;

    private StreamSubscription<Message> join() {
        return join(ready);
    }

    /** @param woken counts the wake-ups in flow(), by service(): those by a message are another matter */
    private StreamSubscription<Message> join(AtomicInteger woken) {
        WakeupGroup group = new WakeupGroup(() -> woken.addAndGet(servicing ? 1 : 0));
        groups.add(group);
        StreamSubscription<Message> subscription = harness.broadcaster.subscribe(group);
        harness.broadcaster.service();
        return subscription;
    }

    private void flow(String frame, int millis) {
        harness.publish(frame.repeat(millis / 100), 100);
        groups.forEach(WakeupGroup::beginDrain);
        servicing = true;
        harness.broadcaster.service();
        servicing = false;
    }

    @Test
    void waitingWhileFramesFlow() {
        harness.publish("d");
        StreamSubscription<Message> subscription = join();
        flow("d", 4_900);
        assertThat(subscription.poll()).isNull();
        assertThat(subscription.timedOut()).isFalse();
        assertThat(ready).hasValue(0);
        flow("d", 100);
        assertThat(ready).as("nothing else would make it poll").hasValue(1);
        assertThat(subscription.poll()).isNull();
        assertThat(subscription.timedOut()).isTrue();
    }

    @Test
    void waitingWhileTheReaderShowsNobodyAnything() {
        harness.publish("s");
        StreamSubscription<Message> subscription = join();
        flow("s", 4_900);
        assertThat(subscription.timedOut()).isFalse();
        flow("s", 100);
        assertThat(subscription.timedOut()).isTrue();
        assertThat(ready).hasValue(1);
    }

    @Test
    void notWithoutFrames() {
        harness.publish("d");
        StreamSubscription<Message> subscription = join();
        for (int i = 0; i < 100; i++) {
            harness.advanceMillis(1_000);
            harness.broadcaster.service();
        }
        harness.publish("d");
        assertThat(subscription.timedOut()).isFalse();
        assertThat(ready).hasValue(0);
    }

    @Test
    void notBeforeTheFirstFrame() {
        StreamSubscription<Message> subscription = join();
        harness.advanceMillis(100_000);
        harness.publish("d");
        assertThat(subscription.timedOut()).isFalse();
    }

    @Test
    void notASecondTooEarlyWhenJoiningInAPause() {
        harness.publish("d");
        harness.advanceMillis(100_000);
        StreamSubscription<Message> subscription = join();
        flow("d", 4_900);
        assertThat(subscription.timedOut()).as("the pause counts for a second of flow").isFalse();
        flow("d", 100);
        assertThat(subscription.timedOut()).isTrue();
    }

    @Test
    void notOnceAKeyframeCame() {
        harness.publish("d");
        StreamSubscription<Message> subscription = join();
        flow("d", 4_900);
        harness.publish("K", 100);
        assertThat(subscription.timedOut()).as("it only has to be polled").isFalse();
        flow("d", 200);
        assertThat(subscription.timedOut()).isFalse();
        assertThat(Harness.drain(subscription)).isNotEmpty();
        flow("d", 10_000);
        assertThat(subscription.timedOut()).as("not polled, but not awaiting").isFalse();
    }

    @Test
    void aMissedKeyframeBeginsTheWaitAnew() {
        harness.publish("d");
        StreamSubscription<Message> subscription = join();
        flow("d", 4_900);
        harness.publish("Kddddd");
        flow("d", 1_000);
        assertThat(Harness.drain(subscription)).isEmpty();
        assertThat(subscription.timedOut()).isFalse();
        for (int i = 0; i < 49; i++) {
            flow("d", 100);
            assertThat(subscription.poll()).isNull();
        }
        assertThat(subscription.timedOut()).isFalse();
        flow("d", 100);
        assertThat(subscription.timedOut()).isTrue();
    }

    @Test
    void afterALag() {
        harness.publish("K");
        StreamSubscription<Message> subscription = join();
        Harness.drain(subscription);
        harness.publish("ddddd");
        assertThat(Harness.drain(subscription)).isEmpty();
        flow("s", 4_900);
        assertThat(subscription.timedOut()).isFalse();
        flow("s", 100);
        assertThat(subscription.timedOut()).isTrue();
        assertThat(ready).hasValue(1);
    }

    @Test
    void afterABreakItHasNotNoticed() {
        harness.publish("K");
        StreamSubscription<Message> subscription = join();
        Harness.drain(subscription);
        flow("d", 300);
        Harness.drain(subscription);
        harness.publish("|");
        harness.broadcaster.service(); // which wakes for the break
        flow("d", 4_900);
        assertThat(ready).hasValue(0);
        flow("d", 100);
        assertThat(ready).as("a drained queue has nothing to poll for").hasValue(1);
        assertThat(subscription.poll()).isNull();
        assertThat(subscription.timedOut()).isTrue();
    }

    @Test
    void neverWhileStreaming() {
        harness.publish("K");
        StreamSubscription<Message> subscription = join();
        for (int i = 0; i < 200; i++) {
            flow("d", 100);
            Harness.drain(subscription);
            assertThat(subscription.timedOut()).isFalse();
        }
        assertThat(ready).hasValue(0);
    }

    @Test
    void whoIsStillThereIsCalledBackAgain() {
        harness.publish("d");
        StreamSubscription<Message> subscription = join();
        flow("s", 5_000);
        flow("s", 500);
        assertThat(ready).hasValue(1);
        flow("s", 200);
        assertThat(ready).hasValue(2);
        subscription.close();
        assertThat(subscription.timedOut()).isFalse();
        flow("s", 5_000);
        assertThat(ready).hasValue(2);
    }

    @Test
    void everyOneAtItsOwnTime() {
        harness.publish("d");
        StreamSubscription<Message> first = join();
        flow("s", 2_000);
        AtomicInteger secondReady = new AtomicInteger();
        StreamSubscription<Message> second = join(secondReady);
        flow("s", 3_000);
        assertThat(first.timedOut()).isTrue();
        assertThat(second.timedOut()).isFalse();
        first.close();
        flow("s", 1_900);
        assertThat(second.timedOut()).isFalse();
        assertThat(secondReady).hasValue(0);
        flow("s", 100);
        assertThat(second.timedOut()).isTrue();
        assertThat(secondReady).hasValue(1);
    }
}
