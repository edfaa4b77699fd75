package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.Harness.Message;
import io.sdros.fanout.Harness.Request;
import org.junit.jupiter.api.Test;

/** The stream itself breaks: what came before is still good, what follows is not until there is a keyframe. */
class DiscontinuityTest {

    private final Harness harness = new Harness();

    @Test
    void whatIsHeldIsDeliveredAndNothingAfterItButAKeyframe() {
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("Kd|ddKd");
        assertThat(Harness.drain(subscription)).containsExactly(0, 1, 4, 5);
        assertThat(subscription.lagEvents()).isZero();
        assertThat(harness.broadcaster.statistics().dropped(DropReason.GATE)).isEqualTo(2);
    }

    @Test
    void aDrainedSubscriberAwaitsTheKeyframe() {
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("Kd");
        Harness.drain(subscription);
        harness.publish("|d");
        assertThat(subscription.poll()).isNull();
        assertThat(subscription.state()).isEqualTo(SubscriptionState.AWAITING_KEYFRAME);
        harness.publish("Kd");
        assertThat(Harness.drain(subscription)).containsExactly(3, 4);
        assertThat(subscription.state()).isEqualTo(SubscriptionState.STREAMING);
    }

    @Test
    void theCacheIsEmptied() {
        harness.publish("Kd|d");
        StreamSubscription<Message> subscription = harness.join();
        assertThat(Harness.drain(subscription)).isEmpty();
        assertThat(harness.requests).containsExactly(new Request(KeyframeRequestReason.JOIN, 1));
        harness.publish("Kd");
        assertThat(Harness.drain(subscription)).containsExactly(3, 4);
    }

    @Test
    void aReplayThatIsGoingOnGoesOn() {
        harness.publish("Kdd");
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("|dKd");
        assertThat(Harness.drain(subscription)).containsExactly(0, 1, 2, 4, 5);
    }

    @Test
    void aKeyframeIsNeededForEverybody() {
        harness.publish("K");
        harness.join();
        harness.join();
        harness.publish("|");
        assertThat(harness.requests).isEmpty();
        harness.broadcaster.service();
        assertThat(harness.requests).containsExactly(new Request(KeyframeRequestReason.LAG, 2));
    }

    @Test
    void noRequestIsMadeWhenTheKeyframeFollowsAtOnce() {
        harness.publish("K");
        harness.join();
        harness.publish("|K");
        harness.broadcaster.service();
        assertThat(harness.requests).isEmpty();
    }

    @Test
    void nobodyThereMeansNoRequest() {
        harness.publish("K|");
        harness.broadcaster.service();
        assertThat(harness.requests).isEmpty();
    }

    @Test
    void aJoinerAfterABreakWithNobodyThereRequestsOne() {
        StreamSubscription<Message> first = harness.join();
        harness.publish("K|");
        first.close();
        harness.broadcaster.service();
        harness.requests.clear();
        harness.advanceMillis(500);
        harness.join();
        assertThat(harness.requests).containsExactly(new Request(KeyframeRequestReason.JOIN, 1));
    }

    @Test
    void severalBreaksInARowAreOneNeed() {
        harness.publish("K");
        harness.join();
        harness.publish("|||");
        harness.broadcaster.service();
        assertThat(harness.requests).containsExactly(new Request(KeyframeRequestReason.LAG, 1));
        assertThat(harness.broadcaster.statistics().keyframeRequests().coalesced()).isZero();
        assertThat(harness.broadcaster.statistics().discontinuities()).isEqualTo(3);
    }
}
