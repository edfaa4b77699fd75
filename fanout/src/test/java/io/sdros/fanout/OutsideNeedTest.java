package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sdros.fanout.Harness.Request;
import org.junit.jupiter.api.Test;

/** Keyframes for clients that are not subscribed. */
class OutsideNeedTest {

    private final Harness harness = new Harness();

    private void later(long millis) {
        harness.advanceMillis(millis);
        harness.broadcaster.service();
    }

    @Test
    void isAskedForOnceAndNotForEver() {
        harness.publish("K");
        harness.broadcaster.needKeyframe(KeyframeRequestReason.LAG, 3);
        assertThat(harness.attentions).isEqualTo(1);
        later(0);
        later(5_000);

        assertThat(harness.requests).containsExactly(new Request(KeyframeRequestReason.LAG, 3));
    }

    @Test
    void whoSaysItOftenIsHeardAsOftenAsRequestsMayBe() {
        for (int i = 0; i < 100; i++) {
            harness.broadcaster.needKeyframe(KeyframeRequestReason.JOIN, 1);
            later(10);
        }

        assertThat(harness.requests).hasSize(2);
    }

    @Test
    void sharesARequestWithSubscribersWhoWait() {
        harness.broadcaster.subscribe();
        harness.broadcaster.needKeyframe(KeyframeRequestReason.LAG, 4);
        later(0);

        assertThat(harness.requests).containsExactly(new Request(KeyframeRequestReason.JOIN, 5));
        later(500);
        assertThat(harness.requests).last().isEqualTo(new Request(KeyframeRequestReason.TIMEOUT, 1));
    }

    @Test
    void aKeyframeThatComesBeforeTheIntervalHasPassedIsEnough() {
        harness.broadcaster.needKeyframe(KeyframeRequestReason.LAG, 1);
        later(0);
        harness.broadcaster.needKeyframe(KeyframeRequestReason.LAG, 1);
        later(100);
        harness.publish("K");
        later(1_000);

        assertThat(harness.requests).hasSize(1);
    }

    @Test
    void aRequestThatFailsIsTriedAgain() {
        harness.sinkWorks = false;
        harness.broadcaster.needKeyframe(KeyframeRequestReason.LAG, 1);
        later(0);
        harness.sinkWorks = true;
        later(500);

        assertThat(harness.requests).hasSize(2);
    }

    @Test
    void whereNobodyNeedsKeyframesNoneIsAskedFor() {
        Harness ungated = new Harness(builder -> builder.keyframeGating(false));
        ungated.broadcaster.needKeyframe(KeyframeRequestReason.LAG, 1);
        ungated.broadcaster.service();

        assertThat(ungated.requests).isEmpty();
    }

    @Test
    void nobodyNeedsNone() {
        assertThatThrownBy(() -> harness.broadcaster.needKeyframe(KeyframeRequestReason.LAG, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
