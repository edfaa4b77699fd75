package io.sdros.relay.nats.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.wire.MessageKind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EdgeJoinTest {

    private final EdgeHarness edge = EdgeHarness.joining();

    @Test
    void subscribesBeforeItAsks() {
        assertThat(edge.said()).isEqualTo("beat +keyframes +deltas +replay join");
    }

    @Test
    void saysNothingBeforeItIsWantedAndConnected() {
        EdgeHarness idle = new EdgeHarness();
        idle.edge.tick(true, idle.nowNanos);
        assertThat(idle.said()).isEmpty();
        idle.edge.tick(false, idle.nowNanos);
        idle.edge.connected(idle.nowNanos);
        assertThat(idle.said()).isEmpty();
        idle.edge.tick(true, idle.nowNanos);
        assertThat(idle.said()).isEqualTo("beat +keyframes +deltas +replay join");
    }

    @Test
    void beginsWithTheReplayAndGoesOnWithWhatCameMeanwhile() {
        edge.said();
        edge.delta(12);
        edge.replayed(10, true);
        edge.replayed(11, false);
        edge.delta(13);
        edge.replayed(12, false);
        edge.edge.replayEnded(EdgeHarness.ORIGIN, edge.nowNanos);
        edge.delta(14);

        assertThat(edge.handedOn()).isEqualTo("10 11 12 13 14");
        assertThat(edge.said()).isEqualTo("-replay");
        assertThat(edge.counters.joinsByResult()).isEqualTo(Map.of("replayed", 1L, "keyframe", 0L, "continued", 0L, "unanswered", 0L));
        assertThat(edge.counters.receivedFrames()).isEqualTo(5);
        assertThat(edge.counters.lostOfPublished()).isZero();
    }

    @Test
    void takesNoPartOfAReplayThatBeganBefore() {
        edge.replayed(8, false);
        edge.replayed(9, false);
        edge.edge.replayEnded(EdgeHarness.ORIGIN, edge.nowNanos);
        assertThat(edge.handedOn()).isEmpty();
        edge.replayed(5, true);
        edge.replayed(6, false);
        edge.edge.replayEnded(EdgeHarness.ORIGIN, edge.nowNanos);
        assertThat(edge.handedOn()).isEqualTo("5 6");
    }

    @Test
    void aReplayWithAHoleIsFollowedUpToThatOnly() {
        edge.replayed(5, true);
        edge.replayed(7, false);
        edge.replayed(8, false);
        edge.edge.replayEnded(EdgeHarness.ORIGIN, edge.nowNanos);
        edge.delta(9);
        assertThat(edge.handedOn()).isEqualTo("5");

        edge.replayed(5, true);
        edge.replayed(6, false);
        edge.replayed(7, false);
        edge.replayed(8, false);
        edge.edge.replayEnded(EdgeHarness.ORIGIN, edge.nowNanos);
        assertThat(edge.handedOn()).isEqualTo("6 7 8 9");
    }

    @Test
    void theReplayForAnotherInBetweenChangesNothing() {
        edge.replayed(5, true);
        edge.replayed(6, false);
        edge.replayed(5, true);
        edge.replayed(6, false);
        edge.replayed(7, false);
        edge.edge.replayEnded(EdgeHarness.ORIGIN, edge.nowNanos);
        assertThat(edge.handedOn()).isEqualTo("5 6 7");
    }

    @Test
    void aLiveKeyframeIsABeginning() {
        edge.said();
        edge.delta(19);
        edge.key(20);
        edge.replayed(15, true);
        edge.delta(21);

        assertThat(edge.handedOn()).isEqualTo("20 21");
        assertThat(edge.said()).isEqualTo("-replay");
        assertThat(edge.counters.joinsByResult()).containsEntry("keyframe", 1L);
        assertThat(edge.counters.lostOfPublished()).isZero();
    }

    @Test
    void whatAKeyframeOvertookIsLostAtJoining() {
        edge.replayed(10, true);
        edge.replayed(11, false);
        edge.key(20);

        assertThat(edge.handedOn()).isEqualTo("10 11 | 20");
        assertThat(edge.counters.lostFrames()).containsEntry("join", 8L);
    }

    @Test
    void asksAgainThenForAKeyframeThenBothInTurnLessOften() {
        edge.said();
        edge.after(499);
        assertThat(edge.said()).isEmpty();
        edge.after(1);
        assertThat(edge.said()).isEqualTo("join");
        edge.after(500);
        assertThat(edge.said()).isEqualTo("beat need_key");
        edge.after(999);
        assertThat(edge.said()).isEmpty();
        edge.after(1);
        assertThat(edge.said()).isEqualTo("beat join");
        edge.after(1000);
        assertThat(edge.said()).isEqualTo("beat need_key");
        assertThat(edge.counters.joinsByResult()).containsEntry("unanswered", 1L);
    }

    @Test
    void aReplayThatComesSlowlyIsAnAnswer() {
        edge.said();
        edge.after(400);
        edge.replayed(10, true);
        edge.after(400);
        edge.replayed(11, false);
        edge.after(400);
        assertThat(edge.said()).isEqualTo("beat");
    }

    @Test
    void whatWaitsIsBounded() {
        for (int i = 0; i < 251; i++) { // of 40 bytes each, where 10,000 may wait
            edge.delta(12 + i);
        }
        edge.replayed(10, true);
        edge.replayed(11, false);
        edge.edge.replayEnded(EdgeHarness.ORIGIN, edge.nowNanos);

        assertThat(edge.handedOn()).isEqualTo("10 11 | 262");
        assertThat(edge.counters.lostFrames()).containsEntry("network", 250L);
    }

    @Test
    void withoutKeyframesAnyFrameIsABeginning() {
        EdgeHarness open = new EdgeHarness(false);
        open.edge.connected(open.nowNanos);
        open.edge.tick(true, open.nowNanos);
        open.delta(3);
        open.delta(4);
        assertThat(open.handedOn()).isEqualTo("3 4");
    }

    @Test
    void leavesWhenItIsNotWantedAndBeginsAnew() {
        edge.key(10);
        edge.delta(11);
        edge.said();
        edge.edge.tick(false, edge.nowNanos);
        assertThat(edge.said()).isEqualTo("-keyframes -deltas leave");
        edge.delta(12);
        edge.edge.tick(false, edge.nowNanos + 5_000 * EdgeHarness.MILLI);
        assertThat(edge.said()).isEmpty();
        edge.edge.tick(true, edge.nowNanos);
        edge.key(40);

        assertThat(edge.handedOn()).isEqualTo("10 11 40");
        assertThat(edge.counters.lostOfPublished()).as("what was published for others").isZero();
    }

    @Test
    void acknowledgesWhereItIsNamed() {
        edge.key(10);
        edge.said();
        edge.frame(MessageKind.FRAME, EdgeHarness.ORIGIN, 11, false, EdgeHarness.ACKER);
        edge.frame(MessageKind.FRAME, EdgeHarness.ORIGIN, 12, false, EdgeHarness.ACKER + 1);
        assertThat(edge.said()).isEqualTo("ack 11:11");
    }
}
