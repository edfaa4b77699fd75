package io.sdros.relay.nats.origin;

import static io.sdros.relay.nats.origin.OriginHarness.EDGE;
import static io.sdros.relay.nats.origin.OriginHarness.OTHER_EDGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.wire.UpMessage;
import org.junit.jupiter.api.Test;

/** How much is on its way. */
class OriginWindowTest {

    private static final long LIVING_EDGE = 7;

    private final OriginHarness it = new OriginHarness();

    private int ackerOfLast() {
        return it.sent.get(it.sent.size() - 1).head().acker();
    }

    private void frames(int count) {
        for (int i = 0; i < count; i++) {
            it.later(33);
            it.frame(i == 0 && it.counters.published() == 0, 68);
        }
    }

    @Test
    void whatIsAcknowledgedInTimeIsNeverHeldUp() {
        it.beat(EDGE, 0);
        for (int i = 1; i <= 100; i++) {
            frames(1);
            if (i > 3) {
                it.ack(EDGE, i - 3);
            }
            if (i % 30 == 0) {
                it.beat(EDGE, 0);
            }
        }

        assertThat(it.counters.published()).isEqualTo(100);
        assertThat(it.counters.closings()).isZero();
        assertThat(it.heard).contains("delivered 100 after 99", "delivered 9700 after 99");
    }

    @Test
    void withoutAcknowledgementsAWindowFullIsSent() {
        it.beat(EDGE, 0);
        frames(30);

        assertThat(it.counters.published()).isEqualTo(8);
        assertThat(it.counters.closings()).isEqualTo(1);
        assertThat(it.queue).hasSize(22);

        it.ack(EDGE, 8);

        assertThat(it.queue).isEmpty();
        assertThat(it.counters.published()).isEqualTo(30);
    }

    @Test
    void acknowledgementsOfOthersAndOfWhatWasNotSentAreNothing() {
        it.beat(EDGE, 0);
        frames(30);
        it.ack(EDGE, 9);
        it.hear(new UpMessage.Ack(EDGE, 78, 8));
        it.hear(new UpMessage.Ack(OTHER_EDGE, OriginHarness.ID, 8));

        assertThat(it.counters.published()).isEqualTo(8);
    }

    @Test
    void theEdgeWithTheLeastLagAcknowledges() {
        it.beat(EDGE, 90_000);
        it.beat(OTHER_EDGE, 3_000);
        frames(1);
        assertThat(ackerOfLast()).as("kept for 2 s").isEqualTo(5);
        it.ack(EDGE, 1);
        it.later(2_000);
        frames(1);
        assertThat(ackerOfLast()).isEqualTo(6);

        it.ack(OTHER_EDGE, 2);
        it.beat(EDGE, 0);
        it.beat(OTHER_EDGE, 3_000);
        it.later(2_000);
        frames(1);
        assertThat(ackerOfLast()).as("a little better is no reason").isEqualTo(6);
    }

    @Test
    void aFrozenEdgeHoldsUpNobody() {
        it.beat(EDGE, 0);
        it.beat(OTHER_EDGE, 1_000);
        frames(4);
        assertThat(ackerOfLast()).isEqualTo(5);
        frames(1);
        assertThat(ackerOfLast()).as("another is asked after half a window").isEqualTo(6);

        for (int i = 5; i <= 40; i++) {
            it.ack(OTHER_EDGE, i);
            frames(1);
        }

        assertThat(ackerOfLast()).isEqualTo(6);
        assertThat(it.counters.closings()).isZero();
        assertThat(it.counters.published()).isEqualTo(41);
    }

    @Test
    void anEdgeThatWasSilentForAMomentOnlyIsKept() {
        it.beat(EDGE, 0);
        it.beat(OTHER_EDGE, 900_000);
        frames(6);
        assertThat(ackerOfLast()).isEqualTo(6);

        // What was on its way to both of them comes through.
        for (int i = 1; i <= 40; i++) {
            it.ack(EDGE, i);
            frames(1);
        }

        assertThat(ackerOfLast()).isEqualTo(5);
        assertThat(it.counters.closings()).isZero();
        it.ack(EDGE, 46);
        frames(6);
        assertThat(ackerOfLast()).as("and the other is asked again").isEqualTo(6);
    }

    @Test
    void whatNamesTheOtherIsAcknowledgedByTheOther() {
        it.beat(EDGE, 0);
        it.beat(OTHER_EDGE, 0);
        frames(6);
        it.ack(EDGE, 4);
        it.ack(OTHER_EDGE, 6);

        assertThat(it.heard).contains("delivered 600 after 0");
    }

    @Test
    void twoFrozenEdgesHoldUpNobodyForLongerThanTwoWindows() {
        it.beat(EDGE, 0);
        it.beat(OTHER_EDGE, 1_000);
        it.beat(LIVING_EDGE, 2_000);
        frames(10);
        assertThat(it.counters.published()).isEqualTo(8);
        frames(8);
        assertThat(ackerOfLast()).as("the third is asked").isEqualTo(7);
        assertThat(it.counters.published()).isEqualTo(9);

        it.ack(LIVING_EDGE, 9);
        frames(1);

        assertThat(it.queue).isEmpty();
        assertThat(it.counters.published()).isEqualTo(19);
    }

    /** As one whose login may not subscribe to the frames: to it nothing is ever late. */
    @Test
    void anEdgeThatBeatsAndNeverAcknowledgesDelaysNobody() {
        long deaf = 0x0001_0000_0000_0001L;
        it.beat(deaf, 0);
        it.beat(EDGE, 90_000);
        for (int i = 1; i <= 900; i++) {
            frames(1);
            if (ackerOfLast() == 5) {
                it.ack(EDGE, it.counters.published());
            }
            if (i % 30 == 0) {
                it.beat(deaf, 0);
                it.beat(EDGE, 90_000);
            }
        }
        assertThat(it.counters.closings()).isZero();
    }

    /** The acknowledgement of a keyframe says nothing of the frames behind it, which such an edge does not take. */
    @Test
    void aLoneEdgeThatTakesKeyframesOnlyHoldsBackTheRest() {
        it.beat(EDGE, 400_000);
        frames(1);
        it.ack(EDGE, 1);
        frames(30);

        assertThat(it.counters.published()).as("a keyframe, and what fits into the window").isEqualTo(9);
        assertThat(it.counters.closings()).isEqualTo(1);
    }

    @Test
    void afterAnOutageTheEdgeIsAskedAgainThatAcknowledged() {
        long deaf = 0x0001_0000_0000_0001L;
        it.beat(EDGE, 0);
        it.beat(deaf, 0);
        frames(40); // nothing comes through, as it seems, while the beats do
        for (int i = 0; i < 60 && !it.queue.isEmpty(); i++) {
            it.beat(EDGE, 0);
            it.beat(deaf, 0);
            it.later(33);
            if (ackerOfLast() == 5 && it.counters.published() > 9) {
                it.ack(EDGE, it.counters.published());
            }
        }
        assertThat(it.queue).isEmpty();
    }

    @Test
    void anOutageLetsNearlyNothingPassHoweverManyEdgesThereAre() {
        for (int edge = 1; edge <= 30; edge++) {
            it.beat(edge, 0);
        }
        frames(100);

        assertThat(it.counters.published()).isBetween(8L, 10L);
    }

    @Test
    void whatIsLostForGoodHoldsUpNobodyForEver() {
        it.beat(EDGE, 0);
        frames(20);
        assertThat(it.counters.published()).isEqualTo(8);
        it.later(1_000);
        assertThat(it.counters.published()).as("nobody is heard").isEqualTo(8);

        it.beat(EDGE, 0);
        assertThat(it.counters.published()).as("one frame to see").isEqualTo(9);
        it.ack(EDGE, 9);

        assertThat(it.queue).isEmpty();
    }

    @Test
    void anAckerThatJoinsAgainBeginsAnew() {
        it.beat(EDGE, 0);
        frames(20);

        it.hear(new UpMessage.Join(EDGE));

        assertThat(it.queue).isEmpty();
    }

    @Test
    void whenTheAckerLeavesTheNextIsAsked() {
        it.beat(EDGE, 0);
        it.beat(OTHER_EDGE, 0);
        frames(3);
        it.hear(new UpMessage.Leave(EDGE));
        frames(8);

        assertThat(ackerOfLast()).isEqualTo(6);
        assertThat(it.queue).as("what was on its way to it is forgotten").isEmpty();
    }

    @Test
    void anotherConnectionBeginsAnew() {
        it.beat(EDGE, 0);
        frames(20);

        it.origin.connected();
        it.turn();

        assertThat(it.queue).isEmpty();
    }

    @Test
    void whatIsNotWrittenYetIsBoundedInBytes() {
        it.beat(EDGE, 0);
        it.pendingBytes = (1 << 20) + 1;
        it.frame(true, 100);
        assertThat(it.sent).isEmpty();

        it.pendingBytes = 1 << 20;
        it.turn();

        assertThat(it.sentWords()).containsExactly("k1");
    }
}
