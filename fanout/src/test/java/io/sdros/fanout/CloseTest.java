package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.fanout.Harness.Message;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Leaving: nothing more to poll, nothing held any more. */
class CloseTest {

    private final Harness harness = new Harness();

    @Test
    void nothingCanBePolledAnyMore() {
        harness.publish("Kd");
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("d");
        subscription.poll();
        subscription.close();
        assertThat(subscription.state()).isEqualTo(SubscriptionState.CLOSED);
        assertThat(subscription.poll()).isNull();
        harness.publish("K");
        harness.broadcaster.service();
        assertThat(subscription.poll()).isNull();
    }

    @Test
    void againIsHarmless() {
        StreamSubscription<Message> subscription = harness.join();
        harness.join();
        subscription.close();
        subscription.close();
        harness.broadcaster.service();
        subscription.close();
        harness.broadcaster.service();
        assertThat(harness.broadcaster.subscriberCount()).isEqualTo(1);
    }

    @Test
    void beforeTheAdmission() {
        List<String> ready = new ArrayList<>();
        StreamSubscription<Message> subscription =
                harness.broadcaster.subscribe(new WakeupGroup(() -> ready.add("ready")));
        subscription.close();
        assertThat(harness.broadcaster.service()).isZero();
        assertThat(ready).isEmpty();
        assertThat(harness.requests).isEmpty();
        assertThat(harness.broadcaster.hasSubscribers()).isFalse();
        assertThat(subscription.state()).isEqualTo(SubscriptionState.CLOSED);
    }

    @Test
    void fromItsOwnCallback() {
        List<StreamSubscription<Message>> own = new ArrayList<>();
        own.add(harness.broadcaster.subscribe(new WakeupGroup(() -> own.get(0).close())));
        StreamSubscription<Message> other = harness.broadcaster.subscribe();
        harness.broadcaster.service();
        harness.publish("K");
        harness.broadcaster.service();
        assertThat(own.get(0).poll()).isNull();
        assertThat(Harness.drain(other)).containsExactly(0);
    }

    @Test
    void theOthersGoOn() {
        List<StreamSubscription<Message>> all = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            all.add(harness.join());
        }
        for (int gone : new int[] {6, 0, 5}) {
            all.get(gone).close();
        }
        harness.broadcaster.service();
        harness.publish("Kd");
        for (int i = 0; i < all.size(); i++) {
            boolean gone = i == 6 || i == 0 || i == 5;
            assertThat(Harness.drain(all.get(i))).hasSize(gone ? 0 : 2);
        }
    }

    @Test
    void everythingItHeldIsReleased() {
        Broadcaster<Object> broadcaster = Broadcaster.builder().build();
        List<WeakReference<Object>> messages = new ArrayList<>();
        publish(broadcaster, messages);
        StreamSubscription<Object> subscription = broadcaster.subscribe();
        broadcaster.service();
        publish(broadcaster, messages);
        subscription.close();
        publish(broadcaster, messages);
        broadcaster.service();
        broadcaster.discontinuity(); // what is cached for the next one
        assertAllCollected(messages);
        assertThat(subscription.poll()).isNull();
    }

    @Test
    void aStalledOneHoldsItsQueueOnlyOnceItsReplayIsOutrun() {
        Broadcaster<Object> broadcaster = Broadcaster.builder().capacity(2).build();
        List<WeakReference<Object>> replayed = new ArrayList<>();
        publish(broadcaster, replayed);
        StreamSubscription<Object> stalled = broadcaster.subscribe();
        broadcaster.service();
        stalled.poll();
        for (int i = 0; i < 3; i++) {
            broadcaster.publish(new Object(), true, 1);
        }
        assertAllCollected(replayed);
        assertThat(stalled.poll()).isNotNull();
    }

    @Test
    void aReplayLetsGoOfWhatWasPolled() {
        Broadcaster<Object> broadcaster = Broadcaster.builder().build();
        List<WeakReference<Object>> replayed = new ArrayList<>();
        publish(broadcaster, replayed);
        StreamSubscription<Object> subscription = broadcaster.subscribe();
        broadcaster.service();
        broadcaster.publish(new Object(), true, 1);
        subscription.poll();
        assertAllCollected(replayed.subList(0, 1));
        assertThat(subscription.poll()).isSameAs(replayed.get(1).get());
    }

    /** A keyframe and a delta frame that only the broadcaster refers to. */
    private static void publish(Broadcaster<Object> broadcaster, List<WeakReference<Object>> messages) {
        for (boolean keyframe : new boolean[] {true, false}) {
            Object message = new Object();
            messages.add(new WeakReference<>(message));
            broadcaster.publish(message, keyframe, 1);
        }
    }

    private static void assertAllCollected(List<WeakReference<Object>> messages) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (messages.stream().anyMatch(message -> message.get() != null)) {
            assertThat(System.nanoTime()).as("still held after many collections").isLessThan(deadline);
            System.gc();
        }
    }

    @Test
    void whoCannotBeAnnouncedIsNoSubscriber() {
        Harness failing = new Harness(builder -> builder.producerWakeup(() -> {
            throw new IllegalStateException("of a test");
        }));
        assertThatThrownBy(() -> failing.broadcaster.subscribe()).isInstanceOf(IllegalStateException.class);
        assertThat(failing.broadcaster.hasSubscribers()).isFalse();
        assertThat(failing.broadcaster.service()).as("called back").isZero();
    }
}
