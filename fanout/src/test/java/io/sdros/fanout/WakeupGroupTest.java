package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.fanout.Harness.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who is woken for what, how often, and what becomes of a wake-up that throws. */
class WakeupGroupTest {

    private final Harness harness = new Harness();
    private final AtomicInteger woken = new AtomicInteger();
    private final WakeupGroup group = new WakeupGroup(woken::incrementAndGet);

    /** A wake-up that drains inline if told to, and notes each call: w(ake), i(nline). */
    private static final class Noting implements Wakeup {
        private final StringBuilder calls = new StringBuilder();
        private boolean drains;

        @Override
        public void wake() {
            calls.append('w');
        }

        @Override
        public boolean drainInline() {
            calls.append('i');
            return drains;
        }
    }

    private StreamSubscription<Message> join(WakeupGroup to) {
        StreamSubscription<Message> subscription = harness.broadcaster.subscribe(to);
        harness.broadcaster.service();
        to.beginDrain();
        woken.set(0);
        return subscription;
    }

    @Test
    void aMessageForManyWakesTheirGroupOnce() {
        for (int i = 0; i < 5; i++) {
            join(group);
        }
        harness.publish("K");
        assertThat(woken).hasValue(1);
    }

    @Test
    void severalAdmissionsWakeTheirGroupOnce() {
        for (int i = 0; i < 5; i++) {
            harness.broadcaster.subscribe(group);
        }
        assertThat(harness.broadcaster.service()).isEqualTo(5);
        assertThat(woken).hasValue(1);
    }

    @Test
    void notAgainUntilTheDrainBegins() {
        StreamSubscription<Message> subscription = join(group);
        harness.publish("Kd");
        Harness.drain(subscription);
        harness.publish("d");
        assertThat(woken).as("polling is not beginning to drain").hasValue(1);
        group.beginDrain();
        harness.publish("d");
        assertThat(woken).as("and the end of the drain need not be waited for").hasValue(2);
    }

    @Test
    void aBreakWakesForItIsSomethingToSee() {
        StreamSubscription<Message> subscription = join(group);
        harness.publish("K");
        Harness.drain(subscription);
        group.beginDrain();
        woken.set(0);
        harness.publish("|");
        harness.broadcaster.service();
        assertThat(woken).hasValue(1);
        subscription.poll();
        assertThat(subscription.state()).isEqualTo(SubscriptionState.AWAITING_KEYFRAME);
        group.beginDrain();
        harness.publish("|");
        harness.broadcaster.service();
        assertThat(woken).as("a second break changes nothing").hasValue(1);
    }

    @Test
    void aBreakIsAskedToBeMendedBeforeAnybodyIsWokenForIt() {
        List<Integer> requestsAtWakeups = new ArrayList<>();
        WakeupGroup noting = new WakeupGroup(() -> requestsAtWakeups.add(harness.requests.size()));
        harness.publish("K");
        join(noting);
        requestsAtWakeups.clear();
        harness.publish("|");
        harness.broadcaster.service();
        assertThat(requestsAtWakeups).containsExactly(1);
    }

    @Test
    void aBreakThatAKeyframeFollowsAtOnceWakesForThatAlone() {
        Noting noting = new Noting();
        WakeupGroup inline = new WakeupGroup(noting);
        harness.publish("K");
        join(inline);
        noting.calls.setLength(0);
        noting.drains = true;
        harness.publish("|K");
        harness.broadcaster.service();
        assertThat(noting.calls).hasToString("i");
    }

    @Test
    void whatNobodyGetsToSeeWakesNobody() {
        join(group);
        harness.publish("dssd");
        harness.broadcaster.service();
        assertThat(woken).hasValue(0);
    }

    @Test
    void onlyGroupsThatHaveSubscribersAreWoken() {
        StreamSubscription<Message> subscription = join(group);
        StreamSubscription<Message> other = join(group);
        subscription.close();
        harness.broadcaster.service();
        harness.publish("K");
        assertThat(woken).as("one is left").hasValue(1);
        group.beginDrain();
        other.close();
        harness.broadcaster.service();
        harness.publish("K");
        assertThat(woken).hasValue(1);
    }

    @Test
    void eachGroupOnItsOwn() {
        join(group);
        AtomicInteger others = new AtomicInteger();
        join(new WakeupGroup(others::incrementAndGet));
        others.set(0);
        harness.publish("K");
        harness.publish("d");
        assertThat(woken).hasValue(1);
        assertThat(others).hasValue(1);
        group.beginDrain();
        harness.publish("d");
        assertThat(woken).hasValue(2);
        assertThat(others).as("has not begun to drain").hasValue(1);
    }

    @Test
    void oneGroupForSeveralBroadcastersIsWokenOnceForAll() {
        LatestValueBroadcaster<String, String> values = LatestValueBroadcaster.<String, String>builder().build();
        LatestValueSubscription<String, String> value = values.subscribe(group);
        StreamSubscription<Message> frames = join(group);
        assertThat(value.poll()).isNull();
        values.publish("a", "a1", 1);
        harness.publish("K");
        assertThat(woken).hasValue(1);
        group.beginDrain();
        assertThat(value.poll()).isEqualTo("a1");
        assertThat(Harness.drain(frames)).containsExactly(0);
        harness.publish("d");
        assertThat(woken).hasValue(2);
    }

    @Test
    void whoDrainsInlineIsAskedForEachMessageAndNotWoken() {
        Noting noting = new Noting();
        WakeupGroup inline = new WakeupGroup(noting);
        harness.broadcaster.subscribe(inline);
        harness.broadcaster.service();
        assertThat(noting.calls).as("an admission is no message").hasToString("w");
        noting.drains = true;
        harness.publish("Kd");
        assertThat(noting.calls).as("though a wake-up is pending").hasToString("wii");
        inline.beginDrain();
        harness.publish("d|");
        harness.broadcaster.service();
        assertThat(noting.calls).as("nor is a break").hasToString("wiiiw");
        inline.beginDrain();
        noting.drains = false;
        harness.publish("Kd");
        assertThat(noting.calls).as("who declines is woken, once").hasToString("wiiiwiwi");
    }

    @Test
    void latestValuesAreDrainedInlineTheSameWay() {
        Noting noting = new Noting();
        LatestValueBroadcaster<String, String> values = LatestValueBroadcaster.<String, String>builder().build();
        LatestValueSubscription<String, String> value = values.subscribe(new WakeupGroup(noting));
        value.poll();
        noting.drains = true;
        values.publish("a", "a1", 1);
        values.publish("a", "a2", 1);
        assertThat(noting.calls).as("once, for somebody who had nothing").hasToString("i");
        assertThat(value.poll()).isEqualTo("a1");
        assertThat(value.poll()).isEqualTo("a2");
        assertThat(value.poll()).isNull();
        noting.drains = false;
        values.publish("a", "a3", 1);
        assertThat(noting.calls).hasToString("iiw");
    }

    @Test
    void aMistakeInDrainingInlineWakesTheConsumer() {
        WakeupGroup failing = new WakeupGroup(new Wakeup() {
            @Override
            public void wake() {
                woken.incrementAndGet();
            }

            @Override
            public boolean drainInline() {
                throw new IllegalStateException("injected");
            }
        });
        join(failing);
        harness.publish("K");
        assertThat(woken).hasValue(1);
        assertThat(harness.broadcaster.statistics().failedCallbacks()).isEqualTo(1);
    }

    @Test
    void aWakeUpThatThrewIsNotCountedOn() {
        List<String> calls = new ArrayList<>();
        WakeupGroup failing = new WakeupGroup(() -> {
            calls.add("called");
            throw new IllegalStateException("injected");
        });
        harness.broadcaster.subscribe(failing);
        harness.broadcaster.service();
        harness.publish("Kd");
        assertThat(calls).hasSize(3);
        assertThat(harness.broadcaster.statistics().failedCallbacks()).isEqualTo(3);
        assertThatThrownBy(failing::wake).as("one's own").hasMessage("injected");
    }

    @Test
    void anErrorIsThrownOnOnceTheOthersHaveBeenWoken() {
        harness.broadcaster.subscribe(new WakeupGroup(() -> {
            throw new InternalError("injected");
        }));
        harness.broadcaster.subscribe(group);
        assertThatThrownBy(harness.broadcaster::service).isInstanceOf(InternalError.class);
        assertThat(woken).hasValue(1);
        group.beginDrain();
        assertThatThrownBy(() -> harness.publish("K")).isInstanceOf(InternalError.class);
        assertThat(woken).hasValue(2);
    }

    @Test
    void latestValuesAreNoDifferentWithErrors() {
        LatestValueBroadcaster<String, String> values = LatestValueBroadcaster.<String, String>builder().build();
        values.subscribe(new WakeupGroup(() -> {
            throw new InternalError("injected");
        })).poll();
        values.subscribe(group).poll();
        assertThatThrownBy(() -> values.publish("a", "a1", 1)).isInstanceOf(InternalError.class);
        assertThat(woken).hasValue(1);
    }

    @Test
    void onesOwnWakeUpsAreCoalescedWithTheOthers() {
        join(group);
        group.wake();
        group.wake();
        harness.publish("K");
        assertThat(woken).hasValue(1);
        group.beginDrain();
        group.wake();
        assertThat(woken).hasValue(2);
    }

    @Test
    void needsAWakeup() {
        assertThatNullPointerException().isThrownBy(() -> new WakeupGroup(null));
    }
}
