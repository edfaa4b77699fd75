package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.Harness.Message;
import io.sdros.fanout.Harness.Request;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Lagging by overflow and by age: on to the newest keyframe held, else the next one, and one is requested. */
class LagTest {

    private final Harness harness = new Harness(builder -> builder.capacity(4));

    private StreamSubscription<Message> streaming(Harness on) {
        on.publish("K");
        StreamSubscription<Message> subscription = on.join();
        assertThat(Harness.drain(subscription)).containsExactly(0);
        return subscription;
    }

    @Test
    void aFullQueueIsNoLag() {
        StreamSubscription<Message> subscription = streaming(harness);
        harness.publish("dddd");
        assertThat(Harness.drain(subscription)).containsExactly(1, 2, 3, 4);
        assertThat(subscription.lagEvents()).isZero();
    }

    @Test
    void overflowSkipsToTheNewestKeyframeHeld() {
        StreamSubscription<Message> subscription = streaming(harness);
        harness.publish("dKdKd");
        assertThat(Harness.drain(subscription)).as("not the older keyframe").containsExactly(4, 5);
        assertThat(subscription.lagEvents()).isEqualTo(1);
        assertThat(subscription.dropped(DropReason.OVERFLOW)).isEqualTo(3);
        harness.broadcaster.service();
        assertThat(harness.requests).isEmpty();
    }

    /** Each message polled, with a star if something was left out before it. */
    private static String begun(StreamSubscription<Message> subscription) {
        StringBuilder polled = new StringBuilder();
        for (Message message = subscription.poll(); message != null; message = subscription.poll()) {
            polled.append(message.number()).append(subscription.lastBeganAnew() ? "* " : " ");
        }
        return polled.toString();
    }

    @Test
    void whereSomethingWasLeftOutIsKnown() {
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("KdKd");
        assertThat(begun(subscription)).isEqualTo("0* 1 2 3 ");
        harness.publish("dKdKd");
        assertThat(begun(subscription)).as("by overflow").isEqualTo("7* 8 ");
        harness.publish("|Kd");
        assertThat(begun(subscription)).as("a break of the source takes nothing from this one alone").isEqualTo("9 10 ");
        assertThat(begun(harness.join())).as("a replay").isEqualTo("9* 10 ");
    }

    @Test
    void aLateKeyframeBeforeWhichNothingIsMissingBeginsNothingAnew() {
        StreamSubscription<Message> subscription = streaming(harness);
        harness.publish("dK");
        assertThat(subscription.poll().number()).isEqualTo(1);
        assertThat(subscription.poll(10_000_000_000L, 0).number()).isEqualTo(2);
        assertThat(subscription.lastBeganAnew()).isFalse();
        assertThat(subscription.lagEvents()).isZero();
        harness.publish("K");
        harness.advanceMillis(501);
        assertThat(begun(subscription)).isEqualTo("3 ");
        harness.publish("KK");
        harness.advanceMillis(501);
        assertThat(begun(subscription)).as("the older one was left out").isEqualTo("5* ");
        assertThat(subscription.lagEvents()).isEqualTo(1);
    }

    @Test
    void overflowWithoutAKeyframeWaitsForTheNextAndRequestsOne() {
        StreamSubscription<Message> subscription = streaming(harness);
        harness.publish("ddddd");
        assertThat(Harness.drain(subscription)).isEmpty();
        assertThat(subscription.state()).isEqualTo(SubscriptionState.AWAITING_KEYFRAME);
        assertThat(subscription.dropped(DropReason.OVERFLOW)).isEqualTo(5);
        harness.broadcaster.service();
        assertThat(harness.requests).containsExactly(new Request(KeyframeRequestReason.LAG, 1));
        harness.publish("dd");
        assertThat(Harness.drain(subscription)).isEmpty();
        assertThat(subscription.dropped(DropReason.GATE)).isEqualTo(2);
        harness.publish("Kd");
        assertThat(Harness.drain(subscription)).containsExactly(8, 9);
        assertThat(subscription.lagEvents()).isEqualTo(1);
    }

    @Test
    void ageSkipsToTheNewestKeyframeHeld() {
        StreamSubscription<Message> subscription = streaming(harness);
        harness.publish("dK", 10);
        harness.advanceMillis(491);
        harness.publish("d");
        assertThat(Harness.drain(subscription)).containsExactly(2, 3);
        assertThat(subscription.dropped(DropReason.LATENCY)).isEqualTo(1);
        assertThat(subscription.lagEvents()).isEqualTo(1);
    }

    @Test
    void ageWithoutAKeyframeWaitsForTheNextAndRequestsOne() {
        StreamSubscription<Message> subscription = streaming(harness);
        harness.publish("dd");
        harness.advanceMillis(501);
        harness.publish("d");
        assertThat(Harness.drain(subscription)).isEmpty();
        assertThat(subscription.dropped(DropReason.LATENCY)).as("the young one, too").isEqualTo(3);
        harness.broadcaster.service();
        assertThat(harness.requests).containsExactly(new Request(KeyframeRequestReason.LAG, 1));
    }

    @Test
    void whatWouldArriveTooLateIsTooOldNow() {
        StreamSubscription<Message> subscription = streaming(harness);
        harness.publish("d");
        harness.advanceMillis(100);
        assertThat(subscription.poll(399_000_000, 100_000).number()).as("400 ms from now").isEqualTo(1);
        harness.publish("dKd");
        assertThat(subscription.poll(499_000_001, 100_000).number()).as("the newest keyframe, as late as it may be").isEqualTo(3);
        assertThat(subscription.dropped(DropReason.LATENCY)).isEqualTo(1);
        assertThat(subscription.poll(499_000_001, 100_000)).as("what follows it is subject to the limit again").isNull();
        assertThat(subscription.lagEvents()).isEqualTo(2);
        harness.broadcaster.service();
        assertThat(harness.requests).containsExactly(new Request(KeyframeRequestReason.LAG, 1));
    }

    @Test
    void anAwaitedKeyframeThatWouldArriveTooLateGivesWayToTheNewest() {
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("KdKd");
        assertThat(subscription.poll(499_000_001, 100_000).number()).isEqualTo(2);
        assertThat(subscription.dropped(DropReason.LATENCY)).isEqualTo(2);
    }

    @Test
    void anAwaitedKeyframeThatArrivesInTimeIsTaken() {
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("KdKd");
        assertThat(subscription.poll(499_000_000, 100_000).number()).isZero();
    }

    @Test
    void aReplayIsNotTooOldForALongWay() {
        harness.publish("Kdd");
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("d");
        for (int i = 0; i < 3; i++) {
            assertThat(subscription.poll(10_000_000_000L, 0).number()).isEqualTo(i);
        }
        assertThat(subscription.poll(10_000_000_000L, 0)).isNull();
    }

    @Test
    void exactlyTheMaximumIsNotTooOld() {
        StreamSubscription<Message> subscription = streaming(harness);
        harness.publish("d");
        harness.advanceMillis(500);
        assertThat(Harness.drain(subscription)).containsExactly(1);
    }

    @Test
    void theNewestKeyframeIsTakenWhateverItsAge() {
        StreamSubscription<Message> subscription = streaming(harness);
        harness.publish("dK");
        harness.advanceMillis(10_000);
        assertThat(Harness.drain(subscription)).containsExactly(2);
        assertThat(subscription.state()).isEqualTo(SubscriptionState.STREAMING);
    }

    @Test
    void anAwaitedKeyframeThatIsTooOldGivesWayToTheNewest() {
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("Kd");
        harness.advanceMillis(501);
        harness.publish("Kd");
        assertThat(Harness.drain(subscription)).containsExactly(2, 3);
        assertThat(subscription.lagEvents()).isEqualTo(1);
    }

    @Test
    void zeroMeansNoLimitOfAge() {
        Harness unlimited = new Harness(builder -> builder.maxLatency(Duration.ZERO));
        StreamSubscription<Message> subscription = streaming(unlimited);
        unlimited.publish("ddd");
        unlimited.advanceMillis(1_000_000);
        assertThat(Harness.drain(subscription)).containsExactly(1, 2, 3);
    }

    @Test
    void aKeyframeMissedWhileWaitingIsRequestedAgain() {
        StreamSubscription<Message> subscription = streaming(harness);
        harness.publish("ddddd");
        assertThat(Harness.drain(subscription)).isEmpty();
        harness.broadcaster.service();
        harness.advanceMillis(2_000);
        harness.publish("Kdddd");
        assertThat(Harness.drain(subscription)).as("the keyframe was evicted").isEmpty();
        harness.broadcaster.service();
        assertThat(harness.requests).hasSize(2).last().isEqualTo(new Request(KeyframeRequestReason.LAG, 1));
        assertThat(subscription.lagEvents()).isEqualTo(2);
    }

    @Test
    void aSlowSubscriberCostsOthersNothing() {
        StreamSubscription<Message> stalled = streaming(harness);
        StreamSubscription<Message> quick = harness.join();
        Harness.drain(quick);
        for (int i = 1; i <= 100; i++) {
            harness.publish("d");
            assertThat(Harness.drain(quick)).containsExactly(i);
        }
        assertThat(quick.lagEvents()).isZero();
        assertThat(Harness.drain(stalled)).isEmpty();
        assertThat(stalled.lagEvents()).isEqualTo(1);
        assertThat(stalled.dropped(DropReason.OVERFLOW)).isEqualTo(100);
        assertThat(harness.broadcaster.statistics().lagEvents()).isEqualTo(1);
        assertThat(harness.broadcaster.statistics().dropped(DropReason.OVERFLOW)).isEqualTo(100);
    }

    @Test
    void pollingLateButInTimeLosesNothing() {
        StreamSubscription<Message> subscription = streaming(harness);
        for (int i = 1; i < 40; i += 4) {
            harness.publish("dddd", 100);
            assertThat(Harness.drain(subscription)).containsExactly(i, i + 1, i + 2, i + 3);
        }
    }
}
