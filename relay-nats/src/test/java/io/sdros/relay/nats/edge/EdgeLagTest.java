package io.sdros.relay.nats.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.wire.MessageKind;
import io.sdros.relay.nats.wire.OriginInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeLagTest {

    private static final long OTHER = 22;

    private final EdgeHarness edge = EdgeHarness.live();
    private long next = 11;

    EdgeLagTest() {
        edge.after(1_001); // joining is over
        frames(3, 5);
        edge.said();
        edge.handedOn();
    }

    private void frames(int count, long delayMillis) {
        edge.delayMillis = delayMillis;
        for (int i = 0; i < count; i++) {
            edge.after(33);
            edge.delta(next++);
        }
    }

    private void keyframes(int count, long delayMillis) {
        edge.delayMillis = delayMillis;
        for (int i = 0; i < count; i++) {
            edge.after(500);
            next += 14;
            edge.key(next++);
        }
    }

    private String saidButBeats() {
        return edge.said().replaceAll(" ?beat", "").strip();
    }

    @Test
    void framesThatAreAsLateAsAllowedAreTaken() {
        frames(30, 305);
        assertThat(saidButBeats()).isEmpty();
        assertThat(edge.counters.lagNanos()).isEqualTo(300 * EdgeHarness.MILLI);
    }

    @Test
    void takesOnlyKeyframesOfWhatComesLaterAndAllAgainWhenThoseAreInTime() {
        frames(1, 306);
        assertThat(saidButBeats()).isEqualTo("-deltas");
        assertThat(edge.counters.lagSkipsTotal()).isEqualTo(1);
        keyframes(3, 306);
        assertThat(saidButBeats()).as("late still").isEmpty();
        keyframes(1, 154);
        assertThat(saidButBeats()).as("below half").isEqualTo("+deltas");
        frames(1, 5);

        assertThat(edge.handedOn()).isEqualTo("14 | 29 | 44 | 59 | 74 75");
        assertThat(edge.counters.lostFrames()).containsEntry("lag", 4L * 14).containsEntry("network", 0L);
    }

    @Test
    void holdsOffForOneSecondThenTwoThenFourThenEight() {
        for (long seconds : new long[] {1, 2, 4, 8, 8}) {
            frames(1, 400);
            assertThat(saidButBeats()).isEqualTo("-deltas");
            keyframes((int) seconds * 2 - 1, 5);
            assertThat(saidButBeats()).as("before " + seconds + " s").isEmpty();
            keyframes(1, 5);
            assertThat(saidButBeats()).as("after " + seconds + " s").isEqualTo("+deltas");
        }
    }

    @Test
    void aMinuteWithoutTroubleIsForgiven() {
        frames(1, 400);
        keyframes(2, 5);
        frames(1_000, 5);
        saidButBeats();
        frames(1, 400);
        keyframes(2, 5);
        assertThat(saidButBeats()).isEqualTo("-deltas +deltas");
    }

    @Test
    void whereNoKeyframesComeAllFramesAreTriedAfterAWhile() {
        frames(1, 400);
        for (int i = 0; i < 29; i++) {
            edge.after(100);
        }
        assertThat(saidButBeats()).isEqualTo("-deltas");
        edge.after(200);
        assertThat(saidButBeats()).isEqualTo("+deltas");
    }

    @Test
    void whatIsLaterThanTwoSecondsIsThrownAwayWithTheConnectionOnce() {
        frames(1, 2_006);
        assertThat(saidButBeats()).isEqualTo("reconnect");
        frames(2, 2_006);
        assertThat(saidButBeats()).as("it may be over in a moment").isEmpty();
        frames(30, 2_006);
        assertThat(saidButBeats()).isEqualTo("-deltas");
        edge.edge.connected(edge.nowNanos);
        assertThat(saidButBeats()).isEqualTo("+deltas +replay join");
        edge.key(next++);
        frames(2, 2_006);
        assertThat(saidButBeats()).as("another way has another least").isEqualTo("-replay");
    }

    @Test
    void whatWaitedDuringAnOutageIsLeftOut() {
        edge.after(4_000);
        for (int i = 0; i < 8; i++) {
            edge.delayMillis = 4_000 - 33 * i;
            edge.delta(next++);
        }
        edge.delayMillis = 5;
        edge.key(next++);

        assertThat(edge.handedOn()).isEqualTo("| 22");
        assertThat(edge.counters.lostFrames()).containsEntry("lag", 8L).containsEntry("network", 0L);
    }

    @Test
    void nothingIsTakenAnyMoreOfAConnectionThatIsGivenUp() {
        edge.reconnects = true;
        edge.delayMillis = 4_000;
        edge.delta(next++);
        edge.delayMillis = 1_000;
        edge.delta(next++);
        edge.key(next++);
        assertThat(edge.handedOn()).isEmpty();

        edge.edge.connected(edge.nowNanos);
        edge.delayMillis = 5;
        edge.key(next++);
        assertThat(edge.handedOn()).isEqualTo("| 17");
    }

    @Test
    void whatGoesOnBeingLateIsAllThereIs() {
        frames(1, 5_000);
        keyframes(3, 5_000);
        assertThat(edge.handedOn()).as("after a second").isEqualTo("| 59");
        assertThat(edge.counters.lostFrames()).containsEntry("lag", 45L);
    }

    @Test
    void anEarlyFrameIsForgottenAfterAMinute() {
        frames(2_000, 300);
        frames(1, 500);
        assertThat(saidButBeats()).isEmpty();
    }

    @Test
    void joiningMakesFramesLateAndThatIsNoLag() {
        EdgeHarness newcomer = EdgeHarness.live();
        newcomer.after(10);
        newcomer.delayMillis = 1_500;
        newcomer.delta(11);
        assertThat(newcomer.said()).isEmpty();
        newcomer.after(1_000);
        newcomer.delta(12);
        assertThat(newcomer.said()).isEqualTo("beat -deltas");
    }

    private void framesOfOther(int count, long delayMillis) {
        edge.delayMillis = delayMillis;
        for (int i = 0; i < count; i++) {
            edge.after(33);
            edge.frame(MessageKind.FRAME, OTHER, next++, i == 0, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-86_400_000, -1_000, 0, 1_000, 86_400_000})
    void theFramesOfAnotherOriginAreJudgedAgainstItsOwnEarliest(long behindMillis) {
        edge.info(OTHER, 1, 5);
        framesOfOther(40, behindMillis + 5);
        assertThat(saidButBeats()).isEqualTo("+replay join -replay");
        assertThat(edge.counters.lagNanos()).isZero();
        framesOfOther(1, behindMillis + 306);
        assertThat(saidButBeats()).as("late by its own clock").isEqualTo("-deltas");

        edge.info(OTHER, 1, 5, OriginInfo.State.ABSENT, true);
        edge.info(EdgeHarness.ORIGIN, 1, 5);
        saidButBeats();
        edge.delayMillis = 5;
        edge.key(next++);
        frames(40, 5);
        assertThat(saidButBeats()).as("the first one again").isEqualTo("-replay");
        assertThat(edge.counters.lagNanos()).isZero();
    }

    @Test
    void theClockOfAnotherOriginIsNotKnownBeforeItHasAnsweredItself() {
        long hereNanos = edge.nowNanos;
        long thereNanos = hereNanos + 5_000 * EdgeHarness.MILLI;
        edge.edge.answered(EdgeHarness.ORIGIN, hereNanos, thereNanos, thereNanos, hereNanos);
        frames(1, 5);
        assertThat(edge.offsetNanos).isEqualTo(hereNanos - thereNanos);

        edge.info(OTHER, 1, 5);
        edge.edge.answered(EdgeHarness.ORIGIN, hereNanos, thereNanos, thereNanos, hereNanos);
        framesOfOther(1, 5);
        assertThat(edge.errorNanos).as("not known").isNegative();
        assertThat(edge.offsetNanos).isZero();
        edge.edge.answered(OTHER, edge.nowNanos, hereNanos, hereNanos, edge.nowNanos);
        edge.frame(MessageKind.FRAME, OTHER, next, false, 0);
        assertThat(edge.offsetNanos).isEqualTo(edge.nowNanos - hereNanos);
    }
}
