package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.Harness.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages that no other needs go first, and nothing that others need goes without what needs it. */
class DroppableTest {

    private final Harness harness = new Harness(builder -> builder.capacity(8));

    private StreamSubscription<Message> streaming(Harness on, boolean mayMissDroppable) {
        on.publish("K");
        StreamSubscription<Message> subscription = on.broadcaster.subscribe(new WakeupGroup(), mayMissDroppable);
        on.broadcaster.service();
        assertThat(Harness.drain(subscription)).containsExactly(0);
        return subscription;
    }

    @Test
    void whoKeepsUpGetsThem() {
        StreamSubscription<Message> subscription = streaming(harness, true);
        harness.publish("xdx");
        assertThat(Harness.drain(subscription)).containsExactly(1, 2, 3);
        assertThat(subscription.dropped(DropReason.DROPPABLE)).isZero();
    }

    @Test
    void fromHalfTheMaximumAgeOnTheyAreLeftOut() {
        StreamSubscription<Message> subscription = streaming(harness, true);
        harness.publish("xdx");
        harness.advanceMillis(251);
        harness.publish("xd");
        assertThat(Harness.drain(subscription)).containsExactly(2, 4, 5);
        assertThat(subscription.dropped(DropReason.DROPPABLE)).isEqualTo(2);
        assertThat(harness.broadcaster.statistics().dropped(DropReason.DROPPABLE)).isEqualTo(2);
        assertThat(subscription.lagEvents()).isZero();
    }

    @Test
    void theWayCountsToo() {
        StreamSubscription<Message> subscription = streaming(harness, true);
        harness.publish("xxd");
        harness.advanceMillis(100);
        assertThat(subscription.poll(150_000_000, 0).number()).isEqualTo(1);
        assertThat(subscription.poll(150_000_001, 0).number()).isEqualTo(3);
    }

    @Test
    void exactlyHalfTheMaximumAgeIsNotLate() {
        StreamSubscription<Message> subscription = streaming(harness, true);
        harness.publish("x");
        harness.advanceMillis(250);
        assertThat(Harness.drain(subscription)).containsExactly(1);
    }

    @Test
    void aHalfFullQueueIsLateWithoutALimitOfAge() {
        Harness unlimited = new Harness(builder -> builder.capacity(8).maxLatency(Duration.ZERO));
        StreamSubscription<Message> subscription = streaming(unlimited, true);
        unlimited.publish("xxdddddd");
        assertThat(Harness.drain(subscription)).as("seven wait behind the first, six behind the second")
                .containsExactly(3, 4, 5, 6, 7, 8);
        unlimited.publish("xddd");
        assertThat(Harness.drain(subscription)).as("three wait behind it").containsExactly(9, 10, 11, 12);
    }

    @Test
    void theirOverflowIsNoLag() {
        StreamSubscription<Message> subscription = streaming(harness, true);
        harness.publish("xxdddddddd");
        assertThat(Harness.drain(subscription)).containsExactly(3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(subscription.lagEvents()).isZero();
        assertThat(subscription.dropped(DropReason.OVERFLOW)).isEqualTo(2);
    }

    @Test
    void anOverflowOfOneThatOthersNeedIsALag() {
        StreamSubscription<Message> subscription = streaming(harness, true);
        harness.publish("xdxdddddd");
        assertThat(Harness.drain(subscription)).as("2 is left, 1 was not needed").contains(2);
        harness.publish("dxddddddd");
        assertThat(Harness.drain(subscription)).as("10 went, and nothing behind it can be decoded").isEmpty();
        assertThat(subscription.lagEvents()).isEqualTo(1);
    }

    @Test
    void oneThatIsTooOldIsNoLagEither() {
        StreamSubscription<Message> subscription = streaming(harness, true);
        harness.publish("x");
        harness.advanceMillis(501);
        harness.publish("d");
        assertThat(Harness.drain(subscription)).containsExactly(2);
        assertThat(subscription.lagEvents()).isZero();
    }

    @Test
    void forWhoMayNotMissThemTheyAreAsOthers() {
        StreamSubscription<Message> subscription = streaming(harness, false);
        harness.publish("x");
        harness.advanceMillis(300);
        assertThat(Harness.drain(subscription)).containsExactly(1);
        harness.publish("xdddddddd");
        assertThat(Harness.drain(subscription)).isEmpty();
        assertThat(subscription.lagEvents()).isEqualTo(1);
    }

    @Test
    void aReplayThatIsTakenAwayLeavesNothingToGoOnFrom() {
        Harness small = new Harness(builder -> builder.capacity(2));
        small.publish("K");
        StreamSubscription<Message> subscription = small.broadcaster.subscribe(new WakeupGroup(), true);
        small.broadcaster.service();
        small.publish("xxx");
        assertThat(Harness.drain(subscription)).as("the keyframe they need was never delivered").isEmpty();
        assertThat(subscription.lagEvents()).isEqualTo(1);
    }

    @Test
    void afterALagOnlyAKeyframeHelps() {
        StreamSubscription<Message> subscription = streaming(harness, true);
        harness.publish("ddddddddd");
        assertThat(Harness.drain(subscription)).isEmpty();
        harness.publish("xdx");
        assertThat(Harness.drain(subscription)).isEmpty();
        harness.publish("Kxd");
        assertThat(Harness.drain(subscription)).containsExactly(13, 14, 15);
    }

    /** Whatever is published and however it is polled: what is delivered has all it needs, by a model of its own. */
    @Test
    void everythingDeliveredCanBeDecoded() {
        Random random = new Random(7);
        long left = 0;
        for (int round = 0; round < 200; round++) {
            Harness any = new Harness(builder -> builder.capacity(1 + random.nextInt(6)));
            any.publish("K");
            StreamSubscription<Message> subscription = any.broadcaster.subscribe(new WakeupGroup(), true);
            any.broadcaster.service();
            List<Character> kinds = new ArrayList<>(List.of('K'));
            int before = -1; // the last one delivered, or a droppable one behind it that was not needed
            for (int step = 0; step < 60; step++) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    char kind = "Kddddxxxxx".charAt(random.nextInt(10));
                    kinds.add(kind);
                    any.publish(String.valueOf(kind), random.nextInt(120));
                }
                for (int polls = random.nextInt(5); polls > 0; polls--) {
                    Message message = subscription.poll();
                    if (message == null) {
                        break;
                    }
                    if (!message.keyframe()) {
                        assertThat(kinds.subList(before + 1, message.number())).as("missing before %d of %s", message.number(), kinds)
                                .allMatch(kind -> kind == 'x');
                    }
                    before = message.number();
                }
            }
            left += subscription.dropped(DropReason.DROPPABLE);
        }
        assertThat(left).isGreaterThan(1000);
    }
}
