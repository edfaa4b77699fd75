package io.sdros.relay.nats.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an edge believes of the numbers and times that frames claim. */
class FalseClaimsTest {

    private static final long FALSE_SEQUENCE = 1L << 62;

    private final EdgeHarness edge = EdgeHarness.live();

    @Test
    void aNumberThatTheOriginCannotHaveReachedIsNotTaken() {
        for (long far : new long[] {11 + 1_001, 1L << 40, Long.MAX_VALUE, Long.MAX_VALUE + 11}) {
            edge.key(far);
        }
        edge.delta(11);

        assertThat(edge.handedOn()).isEqualTo("11");
        assertThat(edge.counters.foreignFrames()).isEqualTo(3);
        assertThat(edge.counters.lostOfPublished()).isZero();
    }

    @Test
    void howFarAnOriginCanHaveComeIsAMatterOfTime() {
        edge.after(60_000);
        edge.key(10 + 60_000);
        assertThat(edge.handedOn()).as("after a minute").isEqualTo("| 60010");
        edge.edge.connected(edge.nowNanos);
        edge.key(1_000_000);
        assertThat(edge.handedOn()).as("over another connection, before which this machine may have slept").isEqualTo("| 1000000");
        edge.key(2_000_000);
        assertThat(edge.handedOn()).isEmpty();
    }

    @Test
    void aFalseNumberIsForgottenOnceTheOriginGoesOn() {
        edge.delta(11);
        edge.after(33);
        edge.key(500);
        assertThat(edge.handedOn()).isEqualTo("11 | 500");
        edge.said();
        edge.after(33);
        edge.delta(12);
        assertThat(edge.said()).isEqualTo("+replay join");
        for (int i = 10; i < 13; i++) {
            edge.replayed(i, i == 10);
        }
        edge.delta(13);
        edge.edge.replayEnded(EdgeHarness.ORIGIN, edge.nowNanos);
        edge.delta(14);

        assertThat(edge.handedOn()).isEqualTo("| 10 11 12 13 14");
        assertThat(edge.said()).isEqualTo("-replay");
    }

    @Test
    void aNumberPassedLongAgoIsForgottenOnceTheOriginGoesOn() {
        EdgeHarness any = EdgeHarness.joining();
        any.key(5);
        any.said();
        any.handedOn();
        for (int i = 1_000_000; i < 1_000_002; i++) {
            any.after(33);
            any.delta(i);
        }
        assertThat(any.handedOn()).as("it may be these that are false").isEmpty();
        any.after(33);
        any.delta(1_000_002);
        assertThat(any.said()).isEqualTo("+replay join");
        any.key(1_000_003);

        assertThat(any.handedOn()).isEqualTo("| 1000003");
        assertThat(any.counters.lostOfPublished()).isZero();
    }

    @Test
    void falseNumbersThatDoNotFollowEachOtherAreNotBelieved() {
        edge.said();
        for (long far : new long[] {1L << 40, 1L << 30, (1L << 30) + 1, (1L << 30) + 3_000, (1L << 30) + 2_999, 1L << 41}) {
            edge.delta(far);
        }
        edge.delta(11);
        edge.delta((1L << 41) + 1);
        edge.delta((1L << 41) + 2);

        assertThat(edge.handedOn()).isEqualTo("11");
        assertThat(edge.said()).isEmpty();
    }

    /** One that has joined with a false frame, the first of all, before its origin has answered it. */
    private static EdgeHarness joinedWithAFalseFrame(long aheadMillis) {
        EdgeHarness any = EdgeHarness.joining();
        any.delayMillis = -aheadMillis;
        any.key(FALSE_SEQUENCE);
        any.delayMillis = 5;
        any.after(33);
        assertThat(any.handedOn()).isEqualTo("" + FALSE_SEQUENCE);
        any.said();
        return any;
    }

    private static void answers(EdgeHarness any) {
        any.edge.answered(EdgeHarness.ORIGIN, any.nowNanos, any.nowNanos, any.nowNanos, any.nowNanos);
    }

    @ParameterizedTest
    @ValueSource(longs = {3_000, 100_000, 1L << 42, Long.MAX_VALUE / EdgeHarness.MILLI})
    void aFirstFrameThatIsFalseIsForgottenThoughItsTimeIsYetToCome(long aheadMillis) {
        EdgeHarness any = joinedWithAFalseFrame(aheadMillis);
        any.delta(11);
        assertThat(any.said()).isEqualTo("+replay join");
        for (int i = 10; i < 12; i++) {
            any.replayed(i, i == 10);
        }
        any.edge.replayEnded(EdgeHarness.ORIGIN, any.nowNanos);
        any.delta(12);

        assertThat(any.handedOn()).isEqualTo("| 10 11 12");
        assertThat(any.counters.lagNanos()).isLessThan(10 * EdgeHarness.MILLI);
    }

    @Test
    void aFalseTimeThatMightBeIsFoundOutOnceTheOriginAnswers() {
        EdgeHarness any = joinedWithAFalseFrame(1_500);
        any.delta(11);
        assertThat(any.handedOn()).as("it may have been overtaken").isEmpty();
        answers(any);
        any.key(12);

        assertThat(any.handedOn()).isEqualTo("| 12");
    }

    @Test
    void aFrameThatWasOvertakenContradictsNothing() {
        answers(edge);
        edge.delta(11);
        edge.delayMillis = 3_000;
        edge.delta(9);
        edge.delayMillis = 5;
        edge.delta(12);
        assertThat(edge.handedOn()).isEqualTo("11 12");
    }

    @Test
    void aTimeYetToComeMakesNothingLateOnceTheOriginHasAnswered() {
        EdgeHarness any = EdgeHarness.joining();
        any.delayMillis = -100_000;
        any.key(10);
        any.delayMillis = 5;
        answers(any);
        any.after(1_100);
        any.said();
        any.delta(11);
        any.after(33);
        any.delta(12);

        assertThat(any.handedOn()).isEqualTo("10 11 12");
        assertThat(any.said().replaceAll(" ?beat", "")).isEmpty();
        assertThat(any.counters.lagNanos()).isLessThan(10 * EdgeHarness.MILLI);
    }

    @Test
    void aTimeThatIsYetToComeDoesNotMakeOthersLate() {
        answers(edge);
        edge.after(1_100); // those that come when a stream was joined are not judged
        edge.delayMillis = -100_000;
        edge.delta(11);
        edge.delayMillis = 5;
        edge.delta(12);
        edge.after(33);
        edge.delta(13);

        assertThat(edge.handedOn()).isEqualTo("11 12 13");
        assertThat(edge.said().replaceAll(" ?beat", "")).isEmpty();
        assertThat(edge.counters.lagNanos()).isLessThan(10 * EdgeHarness.MILLI);
    }
}
