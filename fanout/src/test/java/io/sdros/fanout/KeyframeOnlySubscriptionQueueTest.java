package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A stream of keyframes only loses nothing until a subscriber lags, which then continues with the newest. */
class KeyframeOnlySubscriptionQueueTest {

    @Test
    void losesNothingUpToItsCapacityAndThenSkipsToTheNewest() {
        Harness harness = new Harness(builder -> builder.capacity(4));
        StreamSubscription<Harness.Message> subscription = harness.join();
        harness.publish("KKKK");
        assertThat(Harness.drain(subscription)).containsExactly(0, 1, 2, 3);
        harness.publish("KKKKK");
        assertThat(Harness.drain(subscription)).containsExactly(8);
        assertThat(subscription.dropped(DropReason.OVERFLOW)).isEqualTo(4);
        assertThat(subscription.lagEvents()).isEqualTo(1);
        harness.publish("K");
        assertThat(Harness.drain(subscription)).containsExactly(9);
    }

    @Test
    void replaysTheLastOneOnly() {
        Harness harness = new Harness();
        harness.publish("KKK");
        assertThat(Harness.drain(harness.join())).containsExactly(2);
        assertThat(harness.requests).isEmpty();
    }

    @Test
    void skipsToTheNewestWhenTooOld() {
        Harness harness = new Harness();
        StreamSubscription<Harness.Message> subscription = harness.join();
        harness.publish("KKKK", 200);
        assertThat(Harness.drain(subscription)).as("the oldest is 600 ms old").containsExactly(3);
        assertThat(subscription.dropped(DropReason.LATENCY)).isEqualTo(3);
    }
}
