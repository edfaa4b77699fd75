package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sdros.fanout.Harness.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A subscriber that wants fewer messages gets fewer, and each of them with all that it needs. */
class ReducingTest {

    private static final String NOTHING_DROPPABLE = "K" + "d".repeat(29);
    private static final String EVERY_OTHER = "K" + "xd".repeat(14) + "x";
    private static final String ALL_KEYFRAMES = "K".repeat(30);

    private final Harness harness = new Harness();

    private static SubscriptionOptions most(double perSecond) {
        return new SubscriptionOptions(false, OptionalDouble.of(perSecond));
    }

    private StreamSubscription<Message> join(double mostPerSecond) {
        StreamSubscription<Message> subscription = harness.broadcaster.subscribe(new WakeupGroup(), most(mostPerSecond));
        harness.broadcaster.service();
        return subscription;
    }

    /** Publishes at 25 messages a second and polls after each. */
    private List<Integer> live(StreamSubscription<Message> subscription, String frames) {
        List<Integer> got = new ArrayList<>();
        for (char frame : frames.toCharArray()) {
            harness.publish(String.valueOf(frame), 40);
            got.addAll(Harness.drain(subscription));
        }
        return got;
    }

    /** The stream has been running for so long that its rate is known, and its last group begins anew with what comes next. */
    private void running(String group) {
        harness.join().close();
        for (int i = 0; i < 4; i++) {
            harness.publish(group, 40);
        }
    }

    @Test
    void droppableOnesAreLeftOutAsFarAsNeeded() {
        running(EVERY_OTHER);
        StreamSubscription<Message> subscription = join(18.75);
        Harness.drain(subscription);
        int first = 120;
        List<Integer> got = live(subscription, EVERY_OTHER + EVERY_OTHER);
        assertThat(got).as("three of four").hasSizeBetween(44, 46).contains(first, first + 2, first + 4, first + 28, first + 30);
        assertThat(subscription.dropped(DropReason.UNWANTED)).isPositive();
        assertThat(harness.broadcaster.statistics().dropped(DropReason.UNWANTED)).isEqualTo(subscription.dropped(DropReason.UNWANTED));
        assertThat(subscription.lagEvents()).isZero();
    }

    @Test
    void allDroppableOnesGoBeforeAnyThatOthersNeed() {
        running(EVERY_OTHER);
        StreamSubscription<Message> subscription = join(12);
        Harness.drain(subscription);
        assertThat(live(subscription, EVERY_OTHER)).as("half of 25, and a tenth more than wanted is no more").hasSize(15)
                .allMatch(number -> number % 2 == 0);
    }

    @Test
    void whoWantsMoreThanThereIsGetsAll() {
        running(EVERY_OTHER);
        StreamSubscription<Message> subscription = join(60);
        Harness.drain(subscription);
        assertThat(live(subscription, EVERY_OTHER)).hasSize(30);
        assertThat(subscription.dropped(DropReason.UNWANTED)).isZero();
    }

    @Test
    void whereAllNeedEachOtherThereAreKeyframesOnly() {
        running(NOTHING_DROPPABLE);
        StreamSubscription<Message> subscription = join(10);
        assertThat(Harness.drain(subscription)).as("of what is replayed").containsExactly(90);
        assertThat(live(subscription, NOTHING_DROPPABLE + NOTHING_DROPPABLE)).containsExactly(120, 150);
        assertThat(subscription.lastBeganAnew()).isTrue();
        assertThat(subscription.dropped(DropReason.UNWANTED)).isEqualTo(29 * 3);
        assertThat(subscription.state()).isEqualTo(SubscriptionState.STREAMING);
        assertThat(harness.requests).as("for who joined first").hasSize(1);
    }

    @Test
    void allKeyframesAreTakenAtAnEvenPace() {
        running(ALL_KEYFRAMES);
        StreamSubscription<Message> subscription = join(5);
        Harness.drain(subscription);
        assertThat(live(subscription, ALL_KEYFRAMES)).containsExactly(123, 128, 133, 138, 143, 148);
        assertThat(subscription.lagEvents()).isZero();
    }

    @Test
    void aPaceThatDoesNotDivideTheRateIsKeptOnAverage() {
        running(ALL_KEYFRAMES);
        StreamSubscription<Message> subscription = join(7.5);
        Harness.drain(subscription);
        List<Integer> got = live(subscription, ALL_KEYFRAMES.repeat(10));
        assertThat((double) got.size()).as("in 12 s").isCloseTo(90, within(1.0));
        for (int i = 1; i < got.size(); i++) {
            assertThat(got.get(i) - got.get(i - 1)).isBetween(2, 5);
        }
    }

    @Test
    void framesThatComeEarlyAndLateDoNotChangeThePace() {
        running(ALL_KEYFRAMES);
        StreamSubscription<Message> subscription = join(5);
        Harness.drain(subscription);
        List<Integer> got = new ArrayList<>();
        Random random = new Random(1);
        int late = 0;
        for (int i = 0; i < 500; i++) {
            int next = random.nextInt(16);
            harness.publish("K", 40 + next - late);
            late = next;
            got.addAll(Harness.drain(subscription));
        }
        assertThat(got.size()).as("in 20 s").isBetween(98, 101);
    }

    @Test
    void aRateThatIsNotKnownYetIsNoReasonToLeaveOutWhatOthersNeed() {
        harness.join().close();
        harness.publish("K", 40);
        StreamSubscription<Message> subscription = join(5);
        List<Integer> got = live(subscription, "d".repeat(150));
        assertThat(got).as("4 s of them, and the keyframe").hasSize(100).endsWith(99);
        assertThat(live(subscription, "ddKdd")).containsExactly(153);
    }

    @Test
    void whatCameAtOnceInTheBeginningIsNoHigherRate() {
        harness.join().close();
        harness.publish("K" + "d".repeat(59), 1);
        StreamSubscription<Message> subscription = join(25);
        Harness.drain(subscription);
        assertThat(live(subscription, "d".repeat(200))).hasSize(200);
    }

    @Test
    void whenTheRateBecomesLowEnoughAKeyframeIsAskedFor() {
        running(NOTHING_DROPPABLE);
        StreamSubscription<Message> subscription = join(5);
        Harness.drain(subscription);
        assertThat(live(subscription, "d".repeat(10))).isEmpty();
        harness.requests.clear();
        for (int i = 0; i < 20; i++) {
            harness.publish("d", 250);
            assertThat(Harness.drain(subscription)).isEmpty();
            harness.broadcaster.service();
        }
        assertThat(harness.requests).isNotEmpty();
        assertThat(subscription.state()).isEqualTo(SubscriptionState.AWAITING_KEYFRAME);
        assertThat(subscription.lagEvents()).isZero();
        harness.publish("Kdd", 250);
        assertThat(Harness.drain(subscription)).hasSize(3);
        assertThat(live(subscription, "d")).hasSize(1);
    }

    @Test
    void gapsDoNotKeepTheRateFromBeingKnown() {
        harness.join().close();
        for (int i = 0; i < 8; i++) {
            harness.publish("|" + ALL_KEYFRAMES, 40);
        }
        StreamSubscription<Message> subscription = join(5);
        Harness.drain(subscription);
        assertThat(live(subscription, ALL_KEYFRAMES)).hasSizeBetween(5, 7);
    }

    @Test
    void theFirstKeyframeBehindABreakIsNeverLeftOut() {
        running(ALL_KEYFRAMES);
        StreamSubscription<Message> subscription = join(5);
        Harness.drain(subscription);
        List<Integer> got = live(subscription, "KKKKK");
        harness.publish("|K", 1);
        assertThat(Harness.drain(subscription)).as("after %s", got).containsExactly(125);
    }

    @Test
    void whenTheStreamSlowsDownItComesWhole() {
        running(NOTHING_DROPPABLE);
        StreamSubscription<Message> subscription = join(5);
        Harness.drain(subscription);
        harness.publish("d".repeat(20), 250);
        assertThat(Harness.drain(subscription)).as("there was no keyframe").isEmpty();
        harness.publish("Kdd", 250);
        assertThat(Harness.drain(subscription)).containsExactly(140, 141, 142);
        assertThat(subscription.lagEvents()).isZero();
    }

    @Test
    void whatWasHeldUpAndComesAtOnceIsNoHigherRate() {
        running(NOTHING_DROPPABLE);
        StreamSubscription<Message> subscription = join(25);
        Harness.drain(subscription);
        harness.publish("d".repeat(15), 2);
        assertThat(Harness.drain(subscription)).hasSize(15);
        assertThat(live(subscription, "d".repeat(80))).hasSize(80);
    }

    @Test
    void nobodyLagsOrNeedsAKeyframeForWantOfWhatIsNotWanted() {
        running(NOTHING_DROPPABLE);
        StreamSubscription<Message> subscription = join(5);
        Harness.drain(subscription);
        harness.requests.clear();
        for (int i = 0; i < 10; i++) {
            harness.publish("d".repeat(100), 40); // 4 s, which is too old and too much for the queue
            assertThat(Harness.drain(subscription)).isEmpty();
            harness.broadcaster.service();
        }
        assertThat(subscription.lagEvents()).isZero();
        assertThat(subscription.timedOut()).isFalse();
        assertThat(harness.requests).isEmpty();
        harness.publish("Kd", 40);
        assertThat(Harness.drain(subscription)).hasSize(1);
        assertThat(subscription.lagEvents()).isZero();
    }

    @Test
    void whoLagsGetsTheNextKeyframeWhateverThePace() {
        running(EVERY_OTHER);
        StreamSubscription<Message> subscription = join(13);
        Harness.drain(subscription);
        harness.requests.clear();
        harness.publish("d".repeat(20), 40);
        assertThat(Harness.drain(subscription)).as("too old").isEmpty();
        assertThat(subscription.lagEvents()).isEqualTo(1);
        harness.broadcaster.service();
        assertThat(harness.requests).isNotEmpty();
        harness.publish("K", 1);
        assertThat(Harness.drain(subscription)).containsExactly(140);
        harness.publish("d", 40);
        assertThat(Harness.drain(subscription)).containsExactly(141);
    }

    @Test
    void aBreakIsFollowedByAKeyframe() {
        running(NOTHING_DROPPABLE);
        StreamSubscription<Message> subscription = join(5);
        Harness.drain(subscription);
        harness.publish("|dd", 40);
        assertThat(Harness.drain(subscription)).isEmpty();
        assertThat(subscription.state()).isEqualTo(SubscriptionState.AWAITING_KEYFRAME);
        harness.publish("Kd", 40);
        assertThat(Harness.drain(subscription)).hasSize(1);
        assertThat(subscription.lagEvents()).isZero();
    }

    @Test
    void withoutGatingNothingIsLeftOutThatAnyoneNeedsBeforeThereIsAKeyframe() {
        Harness open = new Harness(builder -> builder.keyframeGating(false));
        StreamSubscription<Message> subscription = open.broadcaster.subscribe(new WakeupGroup(), most(5));
        open.broadcaster.service();
        int got = 0;
        for (int i = 0; i < 60; i++) {
            open.publish("dx", 40);
            got += Harness.drain(subscription).size();
        }
        assertThat(got).as("only those that are droppable").isEqualTo(60);
        open.publish("Kdd", 40);
        assertThat(Harness.drain(subscription)).as("no other keyframe may ever come").hasSize(3);
        assertThat(subscription.lagEvents()).isZero();
    }

    @Test
    void othersGetAll() {
        running(EVERY_OTHER);
        StreamSubscription<Message> reduced = join(5);
        StreamSubscription<Message> whole = harness.join();
        Harness.drain(whole);
        Harness.drain(reduced);
        harness.publish(EVERY_OTHER, 10);
        assertThat(Harness.drain(whole)).hasSize(30);
        assertThat(whole.dropped(DropReason.UNWANTED)).isZero();
    }

    @Test
    void whateverHappensWhatIsDeliveredHasAllThatItNeeds() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Harness anyhow = new Harness(builder -> builder.capacity(8));
            double most = 1 + random.nextInt(40);
            anyhow.join().close();
            StreamSubscription<Message> subscription = anyhow.broadcaster.subscribe(new WakeupGroup(), most(most));
            List<Character> kinds = new ArrayList<>();
            List<Integer> got = new ArrayList<>();
            int usual = random.nextInt(60);
            for (int i = 0; i < 600; i++) {
                anyhow.broadcaster.service();
                int dice = random.nextInt(100);
                char kind = dice < 4 ? 'K' : dice < 50 ? 'd' : 'x';
                if (random.nextInt(100) == 0) {
                    anyhow.publish("|");
                    kind = 'K';
                }
                anyhow.publish(String.valueOf(kind), random.nextInt(2 * usual + 1));
                kinds.add(kind);
                for (int polls = random.nextInt(100) < 80 ? 100 : random.nextInt(3); polls > 0; polls--) {
                    Message message = subscription.poll();
                    if (message != null) {
                        got.add(message.number());
                        assertThat(subscription.lastBeganAnew() || wholeSince(kinds, got, got.size() - 1))
                                .as("seed %d, %d is known to continue nothing", seed, message.number()).isTrue();
                    }
                }
            }
            for (int i = 0; i < got.size(); i++) {
                assertThat(kinds.get(got.get(i)) == 'K' || wholeSince(kinds, got, i)).as("seed %d, %d", seed, got.get(i)).isTrue();
            }
        }
    }

    /** Whether the one delivered here follows another one, and all between them are droppable. */
    private static boolean wholeSince(List<Character> kinds, List<Integer> got, int at) {
        if (at == 0) {
            return false;
        }
        for (int between = got.get(at - 1) + 1; between < got.get(at); between++) {
            if (kinds.get(between) != 'x') {
                return false;
            }
        }
        return true;
    }

    @Test
    void aRateThatIsNoneIsRefused() {
        for (double none : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e7}) {
            assertThatThrownBy(() -> most(none)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("mostPerSecond");
        }
    }
}
