package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.fanout.Harness.Message;
import io.sdros.fanout.Harness.Request;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Joining: a keyframe first, the replay, then live messages without gap, repeat or reordering. */
class JoinTest {

    @Test
    void anErrorForOneDoesNotKeepTheOthersOut() {
        Harness harness = new Harness();
        AtomicBoolean failed = new AtomicBoolean();
        harness.broadcaster.subscribe(new WakeupGroup(() -> {
            if (!failed.getAndSet(true)) {
                throw new InternalError("injected");
            }
        }));
        StreamSubscription<Message> other = harness.broadcaster.subscribe();
        assertThatThrownBy(harness.broadcaster::service).isInstanceOf(InternalError.class);
        harness.broadcaster.service();
        harness.publish("K");
        assertThat(Harness.drain(other)).containsExactly(0);
    }

    private final Harness harness = new Harness();

    @Test
    void nothingCanBePolledBeforeTheAdmission() {
        harness.publish("Kd");
        StreamSubscription<Message> subscription = harness.broadcaster.subscribe();
        assertThat(subscription.state()).isEqualTo(SubscriptionState.JOINING);
        assertThat(subscription.poll()).isNull();
        assertThat(subscription.timedOut()).isFalse();
        harness.broadcaster.service();
        assertThat(Harness.drain(subscription)).containsExactly(0, 1);
    }

    @Test
    void theFirstMessageIsAKeyframe() {
        StreamSubscription<Message> subscription = harness.join();
        assertThat(subscription.state()).isEqualTo(SubscriptionState.AWAITING_KEYFRAME);
        harness.publish("dd");
        assertThat(subscription.poll()).isNull();
        harness.publish("Kd");
        assertThat(Harness.drain(subscription)).containsExactly(2, 3);
        assertThat(subscription.state()).isEqualTo(SubscriptionState.STREAMING);
    }

    @Test
    void isReadyWhileAReplayOrALiveMessageIsLeft() {
        StreamSubscription<Message> first = harness.join();
        assertThat(first.ready()).isFalse();
        harness.publish("Kd");
        assertThat(first.ready()).isTrue();
        StreamSubscription<Message> subscription = harness.join();
        assertThat(subscription.ready()).as("a replay").isTrue();
        assertThat(Harness.drain(subscription)).containsExactly(0, 1);
        assertThat(subscription.ready()).isFalse();
        harness.publish("d");
        assertThat(subscription.ready()).as("a live message").isTrue();
        assertThat(Harness.drain(subscription)).containsExactly(2);
        assertThat(subscription.ready()).isFalse();
    }

    @Test
    void withoutACacheItIsTheNextKeyframe() {
        Harness uncached = new Harness(builder -> builder.gopCacheBytes(0));
        uncached.publish("Kdd");
        StreamSubscription<Message> subscription = uncached.join();
        uncached.publish("ddKd");
        assertThat(Harness.drain(subscription)).containsExactly(5, 6);
        assertThat(subscription.dropped(DropReason.GATE)).isEqualTo(2);
        assertThat(uncached.requests).containsExactly(new Request(KeyframeRequestReason.JOIN, 1));
    }

    @Test
    void replaysThenContinuesLive() {
        harness.publish("KddKdd");
        StreamSubscription<Message> subscription = harness.join();
        assertThat(subscription.state()).isEqualTo(SubscriptionState.REPLAYING);
        assertThat(subscription.poll().number()).isEqualTo(3);
        harness.publish("dd");
        assertThat(Harness.drain(subscription)).containsExactly(4, 5, 6, 7);
        assertThat(subscription.state()).isEqualTo(SubscriptionState.STREAMING);
        harness.publish("dK");
        assertThat(Harness.drain(subscription)).containsExactly(8, 9);
        assertThat(harness.requests).isEmpty();
        assertThat(subscription.lagEvents()).isZero();
    }

    @Test
    void joiningRightBeforeOrAfterAKeyframeIsTheSame() {
        harness.publish("Kd");
        StreamSubscription<Message> before = harness.join();
        harness.publish("K");
        StreamSubscription<Message> after = harness.join();
        harness.publish("d");
        assertThat(Harness.drain(before)).containsExactly(0, 1, 2, 3);
        assertThat(Harness.drain(after)).containsExactly(2, 3);
    }

    @Test
    void replaysAGroupLargerThanTheQueueWhatsoeverItsAge() {
        Harness small = new Harness(builder -> builder.capacity(2));
        small.publish("Kddddddd", 400);
        StreamSubscription<Message> subscription = small.join();
        small.advanceMillis(10_000);
        assertThat(Harness.drain(subscription)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(subscription.lagEvents()).isZero();
    }

    @Test
    void whatWaitedBehindASlowReplayIsSubjectToAge() {
        harness.publish("Kd");
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("ddKd");
        harness.advanceMillis(501);
        assertThat(Harness.drain(subscription))
                .as("the replay, the newest keyframe, but not what is too old and continues it")
                .containsExactly(0, 1, 4);
        assertThat(subscription.dropped(DropReason.LATENCY)).isEqualTo(3);
        assertThat(subscription.state()).isEqualTo(SubscriptionState.AWAITING_KEYFRAME);
    }

    @Test
    void whatWaitedBehindAReplayAndIsYoungEnoughFollowsIt() {
        harness.publish("Kd");
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("ddKd");
        harness.advanceMillis(500);
        assertThat(Harness.drain(subscription)).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void anOverflowDuringTheReplayDropsTheRestOfIt() {
        Harness small = new Harness(builder -> builder.capacity(4));
        small.publish("Kddd");
        StreamSubscription<Message> subscription = small.join();
        assertThat(subscription.poll().number()).isZero();
        small.publish("ddKdd");
        assertThat(Harness.drain(subscription)).as("the newest keyframe held").containsExactly(6, 7, 8);
        assertThat(subscription.lagEvents()).isEqualTo(1);
        assertThat(subscription.dropped(DropReason.OVERFLOW)).as("one evicted, one passed over").isEqualTo(2);
        small.broadcaster.service();
        assertThat(small.requests).isEmpty();
    }

    @Test
    void anOverflowBeforeTheFirstPollDropsTheWholeReplay() {
        Harness small = new Harness(builder -> builder.capacity(2));
        small.publish("Kddd");
        StreamSubscription<Message> subscription = small.join();
        small.publish("ddd");
        assertThat(Harness.drain(subscription)).isEmpty();
        assertThat(subscription.lagEvents()).isEqualTo(1);
        small.broadcaster.service();
        assertThat(small.requests).containsExactly(new Request(KeyframeRequestReason.LAG, 1));
        small.publish("dK");
        assertThat(Harness.drain(subscription)).containsExactly(8);
    }

    @Test
    void aGroupThatOutgrewTheCacheIsNotReplayed() {
        Harness small = new Harness(builder -> builder.gopCacheBytes(2L * Harness.SIZE_BYTES));
        small.publish("Kdd");
        StreamSubscription<Message> subscription = small.join();
        small.publish("d");
        assertThat(Harness.drain(subscription)).isEmpty();
        assertThat(small.requests).containsExactly(new Request(KeyframeRequestReason.JOIN, 1));
        small.publish("K");
        assertThat(Harness.drain(small.join())).containsExactly(4);
    }

    @Test
    void whoComesBackAfterTheLastOneLeftIsReplayedWhatWasPublishedMeanwhile() {
        harness.publish("Kd");
        harness.join().close();
        harness.broadcaster.service();
        harness.publish("d");
        assertThat(Harness.drain(harness.join())).containsExactly(0, 1, 2);
        assertThat(harness.requests).isEmpty();
    }

    @Test
    void nothingIsReplayedAfterABreakWhileNobodyWasThere() {
        harness.publish("Kd");
        harness.join().close();
        harness.broadcaster.service();
        harness.publish("|");
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("d");
        assertThat(Harness.drain(subscription)).isEmpty();
        assertThat(harness.requests).containsExactly(new Request(KeyframeRequestReason.JOIN, 1));
        harness.publish("K");
        assertThat(Harness.drain(subscription)).containsExactly(3);
    }

    @Test
    void theWakeUpComesWithTheAdmission() {
        AtomicInteger ready = new AtomicInteger();
        harness.broadcaster.subscribe(new WakeupGroup(ready::incrementAndGet));
        harness.broadcaster.subscribe(new WakeupGroup(ready::incrementAndGet));
        assertThat(harness.attentions).as("until the next service()").isEqualTo(1);
        harness.publish("K");
        assertThat(ready).hasValue(0);
        assertThat(harness.broadcaster.service()).isEqualTo(2);
        assertThat(ready).hasValue(2);
        assertThat(harness.broadcaster.service()).isZero();
        harness.publish("K");
        assertThat(ready).as("these are still to begin to drain").hasValue(2);
    }

    @Test
    void aCallbackThatThrowsHarmsNobodyElse() {
        harness.broadcaster.subscribe(new WakeupGroup(() -> {
            throw new IllegalStateException("gone");
        }));
        AtomicInteger ready = new AtomicInteger();
        harness.broadcaster.subscribe(new WakeupGroup(ready::incrementAndGet));
        harness.broadcaster.service();
        assertThat(ready).hasValue(1);
        assertThat(harness.broadcaster.statistics().failedCallbacks()).isEqualTo(1);
    }

    @Test
    void subscribersCountFromTheMomentTheySubscribe() {
        assertThat(harness.broadcaster.hasSubscribers()).isFalse();
        StreamSubscription<Message> subscription = harness.broadcaster.subscribe();
        assertThat(harness.broadcaster.hasSubscribers()).isTrue();
        harness.broadcaster.service();
        assertThat(harness.broadcaster.subscriberCount()).isEqualTo(1);
        subscription.close();
        assertThat(harness.broadcaster.hasSubscribers()).isFalse();
    }

    @Test
    void tellsWhenTheMessageWasPublished() {
        Harness unlimited = new Harness(builder -> builder.maxLatency(Duration.ZERO));
        unlimited.publish("K");
        long published = unlimited.nowNanos();
        StreamSubscription<Message> subscription = unlimited.join();
        unlimited.advanceMillis(700);
        subscription.poll();
        assertThat(subscription.publishNanos()).isEqualTo(published);
        unlimited.publish("d");
        unlimited.advanceMillis(700);
        subscription.poll();
        assertThat(subscription.publishNanos()).isEqualTo(published + 700_000_000);
    }

    @Test
    void whoRejoinsGetsNothingOfWhatItHadAndAKeyframeIsAskedForAsForALag() {
        harness.join().close();
        harness.publish("Kd");
        harness.advanceMillis(1000); // since the last request
        StreamSubscription<Message> anew = harness.broadcaster.rejoin(new WakeupGroup(), SubscriptionOptions.ALL);
        harness.broadcaster.service();
        assertThat(harness.requests).endsWith(new Request(KeyframeRequestReason.LAG, 1));
        harness.publish("d");
        assertThat(anew.poll()).isNull();
        harness.publish("Kd");
        assertThat(Harness.drain(anew)).containsExactly(3, 4);
    }
}
