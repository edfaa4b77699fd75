package io.sdros.relay.nats.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.wire.MessageKind;
import io.sdros.relay.nats.wire.OriginInfo;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EdgeFaultTest {

    private static final long OTHER = 22;

    private final EdgeHarness edge = EdgeHarness.live();

    private void otherFrame(long sequence, boolean keyframe) {
        edge.frame(MessageKind.FRAME, OTHER, sequence, keyframe, 0);
    }

    @Test
    void whatIsMissingIsCountedAndBreaksTheStream() {
        edge.delta(11);
        edge.delta(14);
        edge.delta(15);

        assertThat(edge.handedOn()).isEqualTo("11 | 14 15");
        assertThat(edge.counters.lostFrames()).containsEntry("network", 2L).containsEntry("incomplete", 0L);
    }

    @Test
    void whatIsKnownOfALossIsSaid() {
        edge.edge.incomplete(1);
        edge.edge.overflowed(1);
        edge.delta(14);

        assertThat(edge.counters.lostFrames())
                .containsEntry("network", 1L).containsEntry("incomplete", 1L).containsEntry("edge", 1L);
    }

    @Test
    void neverMoreIsLostThanIsMissing() {
        edge.edge.incomplete(3);
        edge.edge.overflowed(8);
        edge.delta(11);
        edge.delta(13);

        assertThat(edge.counters.lostOfPublished()).isEqualTo(1);
    }

    @Test
    void aFrameComesOnce() {
        edge.delta(11);
        edge.delta(11);
        edge.key(10);
        assertThat(edge.handedOn()).isEqualTo("11");
    }

    @Test
    void goesOnBehindALostConnectionWithoutAGapIfNoneIs() {
        edge.delta(11);
        edge.edge.disconnected();
        edge.after(300);
        assertThat(edge.said()).isEmpty();
        edge.edge.connected(edge.nowNanos);
        assertThat(edge.said()).isEqualTo("beat +replay join");
        edge.delta(12);
        edge.delta(13);

        assertThat(edge.handedOn()).isEqualTo("11 12 13");
        assertThat(edge.said()).isEqualTo("-replay");
        assertThat(edge.counters.joinsByResult()).containsEntry("continued", 1L);
    }

    @Test
    void theReplayFillsWhatWasMissedMeanwhile() {
        edge.delta(11);
        edge.edge.connected(edge.nowNanos);
        edge.delta(15);
        for (int i = 10; i < 16; i++) {
            edge.replayed(i, i == 10);
        }
        edge.edge.replayEnded(EdgeHarness.ORIGIN, edge.nowNanos);

        assertThat(edge.handedOn()).isEqualTo("11 12 13 14 15");
        assertThat(edge.counters.lostOfPublished()).isZero();
    }

    @Test
    void aStreamThatIsNotWantedAnyMoreWhenTheConnectionComesBackIsLeft() {
        edge.edge.disconnected();
        edge.edge.tick(false, edge.nowNanos);
        assertThat(edge.said()).isEqualTo("-keyframes -deltas leave");
        edge.edge.connected(edge.nowNanos);
        assertThat(edge.said()).isEmpty();
    }

    @Test
    void theBetterOriginIsTakenAndTheOthersFramesAreCounted() {
        otherFrame(100, true);
        assertThat(edge.handedOn()).as("nothing is known of it").isEmpty();
        edge.info(OTHER, 1, 5);
        edge.delta(11);
        otherFrame(101, false);
        otherFrame(102, true);

        assertThat(edge.said()).isEqualTo("beat +replay join -replay");
        assertThat(edge.handedOn()).isEqualTo("other 102");
        assertThat(edge.counters.foreignFrames()).isEqualTo(2);
    }

    @Test
    void ofTwoOfOnePriorityTheOlderIsTaken() {
        edge.info(OTHER, 0, 2);
        edge.delta(11);
        assertThat(edge.handedOn()).isEqualTo("11");
        edge.info(OTHER, 0, 0);
        edge.delta(12);
        assertThat(edge.handedOn()).isEqualTo("other");
    }

    @Test
    void oneThatStandsByIsNotTaken() {
        edge.info(OTHER, 5, 0, OriginInfo.State.LIVE, true);
        edge.delta(11);
        assertThat(edge.handedOn()).isEqualTo("11");
    }

    @Test
    void oneWithoutASourceIsNotTaken() {
        edge.info(OTHER, 5, 0, OriginInfo.State.ABSENT, false);
        edge.delta(11);
        assertThat(edge.handedOn()).isEqualTo("11");
    }

    @Test
    void oneThatFellSilentIsLeftForAnotherAndOnlyForAnother() {
        edge.after(1_600);
        assertThat(edge.handedOn()).isEmpty();
        edge.info(OTHER, -1, 5);
        otherFrame(7, true);
        assertThat(edge.handedOn()).isEqualTo("other 7");
    }

    @Test
    void framesShowThatAnOriginLives() {
        for (int i = 11; i < 31; i++) {
            edge.after(100);
            edge.info(OTHER, -1, 5);
            edge.delta(i);
        }
        assertThat(edge.handedOn()).doesNotContain("other").endsWith(" 30");
    }

    @Test
    void anOriginThatStartedAnewIsTakenOnceTheOldOneIsSilent() {
        edge.info(OTHER, 0, 9);
        edge.after(1_000);
        edge.info(OTHER, 0, 9);
        assertThat(edge.handedOn()).isEmpty();
        edge.after(501);
        otherFrame(1, true);
        assertThat(edge.handedOn()).isEqualTo("other 1");
        assertThat(edge.counters.lostOfPublished()).isZero();
    }

    @Test
    void anyNumberOfOriginsDoesNoHarm() {
        for (int i = 100; i < 10_000; i++) {
            edge.frame(MessageKind.FRAME, i, 1, true, 0);
        }
        edge.delta(11);
        assertThat(edge.handedOn()).isEqualTo("11");
        assertThat(edge.counters.foreignFrames()).isEqualTo(9_900);
    }

    @Test
    void framesUnderEverOtherIdsDoNotKeepOutAnOriginThatSaysWhatItIs() {
        for (int i = 100; i < 200; i++) {
            edge.frame(MessageKind.FRAME, i, 1, true, 0);
        }
        edge.info(OTHER, 1, 5);
        otherFrame(7, true);
        assertThat(edge.handedOn()).isEqualTo("other 7");
    }

    @Test
    void theClocksDifferenceIsThatOfTheShortestWay() {
        long there = 5_000_000_000L;
        edge.edge.answered(EdgeHarness.ORIGIN, edge.nowNanos, edge.nowNanos + there + 2 * EdgeHarness.MILLI,
                edge.nowNanos + there + 3 * EdgeHarness.MILLI, edge.nowNanos + 5 * EdgeHarness.MILLI);
        edge.edge.answered(EdgeHarness.ORIGIN, edge.nowNanos, edge.nowNanos + there + 60 * EdgeHarness.MILLI,
                edge.nowNanos + there + 60 * EdgeHarness.MILLI, edge.nowNanos + 70 * EdgeHarness.MILLI);
        edge.edge.answered(OTHER, edge.nowNanos, edge.nowNanos, edge.nowNanos, edge.nowNanos);
        edge.edge.answered(EdgeHarness.ORIGIN, edge.nowNanos, edge.nowNanos, edge.nowNanos + there, edge.nowNanos);
        edge.edge.answered(EdgeHarness.ORIGIN, edge.nowNanos - 60_001 * EdgeHarness.MILLI, edge.nowNanos, edge.nowNanos, edge.nowNanos);
        edge.nowNanos += 5 * EdgeHarness.MILLI;
        edge.delta(11);

        assertThat(edge.offsetNanos).isEqualTo(-there);
        assertThat(edge.errorNanos).isEqualTo(2 * EdgeHarness.MILLI);
        assertThat(edge.counters.roundTripNanos()).isEqualTo(70 * EdgeHarness.MILLI);
    }

    @Test
    void eachPublishedFrameIsReceivedOrLostWhateverHappens() {
        Random random = new Random(16);
        EdgeHarness any = EdgeHarness.joining();
        any.key(1);
        long published = 1;
        for (int i = 0; i < 20_000; i++) {
            any.after(random.nextInt(40));
            any.delayMillis = random.nextInt(20) == 0 ? 900 : 5;
            published++;
            boolean keyframe = published % 30 == 1;
            int fate = random.nextInt(40);
            if (fate == 0) {
                any.edge.connected(any.nowNanos);
            } else if (fate == 1) {
                any.edge.incomplete(1);
            } else if (fate == 2) {
                for (long replayed = published - (published - 1) % 30; replayed < published; replayed++) {
                    any.replayed(replayed, replayed % 30 == 1);
                }
                any.edge.replayEnded(EdgeHarness.ORIGIN, any.nowNanos);
            } else if (fate > 4 && (keyframe || !any.said().endsWith("-deltas"))) {
                any.frame(MessageKind.FRAME, EdgeHarness.ORIGIN, published, keyframe, 0);
            }
        }
        published = published - (published - 1) % 30 + 30;
        any.key(published);

        assertThat(any.counters.receivedFrames() + any.counters.lostOfPublished()).isEqualTo(published);
        assertThat(any.counters.lostFrames().get("network")).isPositive();
    }
}
