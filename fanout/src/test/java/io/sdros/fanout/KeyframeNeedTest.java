package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.Harness.Message;
import io.sdros.fanout.Harness.Request;
import org.junit.jupiter.api.Test;

/** When subscribers need a keyframe, for whom one is requested, and how often. */
class KeyframeNeedTest {

    private final Harness harness = new Harness(builder -> builder.capacity(2));

    private void lag(StreamSubscription<Message> subscription) {
        harness.publish("ddd");
        assertThat(Harness.drain(subscription)).isEmpty();
        harness.broadcaster.service();
    }

    private void serve(StreamSubscription<Message> subscription) {
        harness.publish("K");
        assertThat(Harness.drain(subscription)).hasSize(1);
    }

    @Test
    void joiningWithNothingEverPublishedRequestsOneAtOnce() {
        harness.join();
        assertThat(harness.requests).containsExactly(new Request(KeyframeRequestReason.JOIN, 1));
    }

    @Test
    void severalThatJoinTogetherMakeOneRequestForAll() {
        harness.broadcaster.subscribe();
        harness.broadcaster.subscribe();
        harness.join();
        assertThat(harness.requests).containsExactly(new Request(KeyframeRequestReason.JOIN, 3));
        assertThat(harness.broadcaster.statistics().keyframeRequests())
                .isEqualTo(new KeyframeRequestStatistics(1, 2, 0));
    }

    @Test
    void anUnansweredRequestIsRepeatedForAllWhoWaitByThen() {
        harness.join();
        harness.advanceMillis(200);
        StreamSubscription<Message> second = harness.join();
        harness.advanceMillis(299);
        harness.broadcaster.service();
        assertThat(harness.requests).hasSize(1);
        harness.advanceMillis(1);
        harness.broadcaster.service();
        assertThat(harness.requests).last().isEqualTo(new Request(KeyframeRequestReason.TIMEOUT, 2));
        second.close();
        harness.advanceMillis(500);
        harness.broadcaster.service();
        assertThat(harness.requests).last().isEqualTo(new Request(KeyframeRequestReason.TIMEOUT, 1));
    }

    @Test
    void aFailedRequestIsTriedAgainAfterTheInterval() {
        harness.sinkWorks = false;
        harness.join();
        harness.sinkWorks = true;
        harness.advanceMillis(499);
        harness.broadcaster.service();
        assertThat(harness.requests).hasSize(1);
        harness.advanceMillis(1);
        harness.broadcaster.service();
        assertThat(harness.requests).hasSize(2).containsOnly(new Request(KeyframeRequestReason.JOIN, 1));
        assertThat(harness.broadcaster.statistics().keyframeRequests())
                .isEqualTo(new KeyframeRequestStatistics(1, 0, 1));
    }

    @Test
    void aKeyframeEndsTheWaitOfAll() {
        harness.join();
        harness.join();
        harness.publish("K");
        harness.advanceMillis(10_000);
        harness.broadcaster.service();
        assertThat(harness.requests).hasSize(1);
    }

    @Test
    void nothingIsRequestedForThoseWhoLeft() {
        StreamSubscription<Message> subscription = harness.join();
        subscription.close();
        harness.advanceMillis(10_000);
        harness.broadcaster.service();
        assertThat(harness.requests).hasSize(1);
    }

    @Test
    void oneNeedPerWait() {
        StreamSubscription<Message> subscription = harness.join();
        serve(subscription);
        harness.advanceMillis(10_000);
        lag(subscription);
        lag(subscription);
        lag(subscription);
        assertThat(harness.requests).hasSize(2).last().isEqualTo(new Request(KeyframeRequestReason.LAG, 1));
        assertThat(harness.broadcaster.statistics().keyframeRequests().coalesced()).isZero();
    }

    @Test
    void needsOfDifferentSubscribersAreOneIntervalApart() {
        StreamSubscription<Message> first = harness.join();
        StreamSubscription<Message> second = harness.join();
        serve(first);
        Harness.drain(second);
        harness.advanceMillis(10_000);
        harness.requests.clear();
        harness.publish("d");
        Harness.drain(second);
        harness.publish("dd");
        Harness.drain(second);
        assertThat(Harness.drain(first)).isEmpty();
        harness.broadcaster.service();
        assertThat(harness.requests).containsExactly(new Request(KeyframeRequestReason.LAG, 1));
        serve(first);
        Harness.drain(second);
        harness.advanceMillis(100);
        lag(second);
        assertThat(harness.requests).as("held back").hasSize(1);
        harness.advanceMillis(400);
        harness.broadcaster.service();
        assertThat(harness.requests).hasSize(2).last().satisfies(request -> assertThat(request.reason())
                .isEqualTo(KeyframeRequestReason.LAG));
    }

    /** Lags, and is served by a keyframe of the encoder's own accord, ten times a second. */
    private void lagFor(StreamSubscription<Message> hopeless, int seconds) {
        for (int i = 0; i < 10 * seconds; i++) {
            lag(hopeless);
            serve(hopeless);
            harness.advanceMillis(100);
        }
    }

    @Test
    void oneSubscriberThatLagsAgainAndAgainCausesEverFewerRequests() {
        StreamSubscription<Message> hopeless = harness.join();
        serve(hopeless);
        harness.advanceMillis(10_000);
        harness.requests.clear();
        lagFor(hopeless, 16);
        assertThat(harness.requests).as("at 0, 2.5, 7 and 15.5 s, and 0.5 s after each").hasSize(7);
        lagFor(hopeless, 60);
        assertThat(harness.requests).as("two from 32 and from 62.5 s on").hasSize(12);
        lagFor(hopeless, 305);
        assertThat(harness.requests).as("and every 30.5 s").hasSize(32);
    }

    @Test
    void oneThatHasKeptUpForHalfAMinuteBeginsAnew() {
        StreamSubscription<Message> hopeless = harness.join();
        serve(hopeless);
        harness.advanceMillis(10_000);
        lagFor(hopeless, 62);
        harness.advanceMillis(29_700);
        serve(hopeless);
        harness.requests.clear();
        lagFor(hopeless, 7);
        assertThat(harness.requests).as("29.8 s are not enough").hasSizeLessThanOrEqualTo(2);
        harness.advanceMillis(60_000);
        harness.requests.clear();
        lagFor(hopeless, 7);
        assertThat(harness.requests).as("at 0, 0.5, 2.5 and 3 s").hasSize(4);
    }

    @Test
    void whatNobodyAnswersIsNoFaultOfTheOneWhoWaits() {
        StreamSubscription<Message> subscription = harness.join();
        serve(subscription);
        harness.advanceMillis(60_000);
        harness.requests.clear();
        lag(subscription);
        for (int i = 0; i < 8; i++) {
            harness.advanceMillis(500);
            harness.broadcaster.service();
        }
        assertThat(harness.requests).as("repeated").hasSize(9);
        serve(subscription);
        lag(subscription);
        harness.advanceMillis(499);
        harness.broadcaster.service();
        assertThat(harness.requests).hasSize(9);
        harness.advanceMillis(1);
        harness.broadcaster.service();
        assertThat(harness.requests).as("0.5 s after the last one, as after a first lag").hasSize(10);
    }

    @Test
    void oneThatIsHeldBackIsNotClosedForWantOfWhatNobodyAskedFor() {
        StreamSubscription<Message> hopeless = harness.join();
        serve(hopeless);
        harness.advanceMillis(60_000);
        lagFor(hopeless, 33); // held back until 62.5 s by now
        harness.requests.clear();
        lag(hopeless);
        for (int i = 0; i < 280; i++) {
            harness.publish("d", 100);
            harness.broadcaster.service();
            hopeless.poll();
        }
        assertThat(harness.requests).isEmpty();
        assertThat(hopeless.timedOut()).isFalse();
        for (int i = 0; i < 70; i++) {
            harness.publish("d", 100);
            harness.broadcaster.service();
            hopeless.poll();
        }
        assertThat(harness.requests).isNotEmpty();
        assertThat(hopeless.timedOut()).as("5 s after it was asked for").isTrue();
    }

    @Test
    void itsNeedIsRequestedWhenItsBudgetAllows() {
        StreamSubscription<Message> hopeless = harness.join();
        serve(hopeless);
        lag(hopeless);
        assertThat(harness.requests).hasSize(1);
        for (int millis : new int[] {500, 500, 2_000}) {
            int before = harness.requests.size();
            harness.advanceMillis(millis - 1);
            harness.broadcaster.service();
            assertThat(harness.requests).as("before %d ms", millis).hasSize(before);
            harness.advanceMillis(1);
            harness.broadcaster.service();
            assertThat(harness.requests).as("after %d ms", millis).hasSize(before + 1)
                    .last().isEqualTo(new Request(KeyframeRequestReason.LAG, 1));
            serve(hopeless);
            lag(hopeless);
        }
    }

    @Test
    void aNeedToldAfterTheNextKeyframeWasPublishedIsVoid() {
        StreamSubscription<Message> subscription = harness.join();
        serve(subscription);
        harness.advanceMillis(10_000);
        harness.publish("ddd");
        assertThat(Harness.drain(subscription)).isEmpty();
        harness.publish("K");
        harness.broadcaster.service();
        assertThat(harness.requests).as("the keyframe is in its queue").hasSize(1);
    }
}
