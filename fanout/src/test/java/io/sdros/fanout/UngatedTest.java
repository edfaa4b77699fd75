package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.Harness.Message;
import org.junit.jupiter.api.Test;

/** Keyframe gating off: every message goes to every subscriber from the moment it joins. */
class UngatedTest {

    private final Harness harness = new Harness(builder -> builder.keyframeGating(false).capacity(4));

    @Test
    void everythingFromJoiningOnAndNothingBefore() {
        harness.publish("Kd");
        StreamSubscription<Message> subscription = harness.join();
        assertThat(subscription.state()).isEqualTo(SubscriptionState.STREAMING);
        harness.publish("dKd");
        assertThat(Harness.drain(subscription)).containsExactly(2, 3, 4);
    }

    @Test
    void nothingIsEverRequestedAndNobodyTimesOut() {
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("|sd".repeat(100), 1_000);
        harness.broadcaster.service();
        Harness.drain(subscription);
        assertThat(subscription.timedOut()).isFalse();
        assertThat(harness.requests).isEmpty();
    }

    @Test
    void aBreakHoldsNothingBack() {
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("d|d");
        assertThat(Harness.drain(subscription)).containsExactly(0, 1);
    }

    @Test
    void overflowDropsTheOldest() {
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("dddddd");
        assertThat(Harness.drain(subscription)).containsExactly(2, 3, 4, 5);
        assertThat(subscription.dropped(DropReason.OVERFLOW)).isEqualTo(2);
        assertThat(subscription.lagEvents()).isEqualTo(1);
    }

    @Test
    void ageDropsTheOldest() {
        StreamSubscription<Message> subscription = harness.join();
        harness.publish("ddd", 300);
        assertThat(Harness.drain(subscription)).containsExactly(1, 2);
        assertThat(subscription.dropped(DropReason.LATENCY)).isEqualTo(1);
        assertThat(subscription.lagEvents()).isEqualTo(1);
        harness.publish("dddd", 300);
        assertThat(Harness.drain(subscription)).containsExactly(5, 6);
        assertThat(subscription.lagEvents()).as("one run of losses, one lag").isEqualTo(2);
    }
}
