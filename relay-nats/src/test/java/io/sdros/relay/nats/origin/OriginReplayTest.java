package io.sdros.relay.nats.origin;

import static io.sdros.relay.nats.origin.OriginHarness.EDGE;
import static io.sdros.relay.nats.origin.OriginHarness.OTHER_EDGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.wire.MessageKind;
import io.sdros.relay.nats.wire.UpMessage;
import org.junit.jupiter.api.Test;

/** What those get who join. */
class OriginReplayTest {

    private final OriginHarness it = new OriginHarness();

    private void begin() {
        it.beat(EDGE, 0);
        it.frame(true, 100);
        it.frame(false, 100);
        it.takeSent();
    }

    @Test
    void theGroupThatWasPublishedBefore() {
        begin();

        it.hear(new UpMessage.Join(OTHER_EDGE));

        assertThat(it.sent).extracting(message -> message.head().kind())
                .containsExactly(MessageKind.REPLAY, MessageKind.REPLAY, MessageKind.END_OF_REPLAY);
        assertThat(it.takeSent()).containsExactly("g1", "g2", "g2 end");
        assertThat(it.counters.replays()).isEqualTo(1);
    }

    @Test
    void theFirstToJoinGetsItLive() {
        it.queue.clear();
        it.hear(new UpMessage.Join(EDGE));
        it.frame(true, 100);
        it.frame(false, 100);

        assertThat(it.sentWords()).containsExactly("g0 end", "k1", "d2");
        assertThat(it.counters.emptyReplays()).isEqualTo(1);
    }

    @Test
    void whoJoinsTogetherSharesOneReplayAndTheNextComes250MillisecondsLater() {
        begin();
        it.hear(new UpMessage.Join(OTHER_EDGE));
        it.takeSent();
        it.later(100);
        it.frame(false, 100);
        for (int edge = 10; edge < 40; edge++) {
            it.hear(new UpMessage.Join(edge));
        }
        assertThat(it.takeSent()).containsExactly("d3");
        it.ack(EDGE, 3);

        it.later(149);
        assertThat(it.sent).isEmpty();
        it.later(1);

        assertThat(it.takeSent()).containsExactly("g1", "g2", "g3", "g3 end");
    }

    @Test
    void whatWasPublishedAfterTheJoinIsNotSentTwice() {
        begin();
        it.hear(new UpMessage.Join(OTHER_EDGE));
        it.hear(new UpMessage.Join(OTHER_EDGE));
        it.takeSent();
        it.frame(false, 100);
        it.later(250);

        assertThat(it.takeSent()).containsExactly("d3", "g1", "g2", "g3 end");
    }

    @Test
    void behindAKeyframeThatCameLiveThereIsNothingToReplay() {
        begin();
        it.hear(new UpMessage.Join(OTHER_EDGE));
        it.hear(new UpMessage.Join(OTHER_EDGE));
        it.takeSent();
        it.frame(true, 100);
        it.later(250);

        assertThat(it.takeSent()).containsExactly("k3", "g3 end");
    }

    @Test
    void aReplayWaitsWhileMuchIsToBeWrittenAndEndsWithTheNextKeyframe() {
        begin();
        it.pendingBytes = 2 << 20;
        it.hear(new UpMessage.Join(OTHER_EDGE));
        assertThat(it.sent).isEmpty();
        it.pendingBytes = 0;
        it.turn();
        assertThat(it.takeSent()).containsExactly("g1", "g2", "g2 end");

        it.later(250);
        it.pendingBytes = 2 << 20;
        it.hear(new UpMessage.Join(OTHER_EDGE));
        it.queue.clear();
        it.pendingBytes = 0;
        it.frame(true, 100);
        assertThat(it.takeSent()).containsExactly("k3", "g3 end");
    }

    @Test
    void aGroupThatIsTooLargeIsNotKept() {
        OriginHarness small = new OriginHarness(128 * 1024, 200);
        small.beat(EDGE, 0);
        small.frame(true, 100);
        small.frame(false, 100);
        small.frame(false, 10);
        small.takeSent();
        small.hear(new UpMessage.Join(OTHER_EDGE));

        assertThat(small.takeSent()).containsExactly("g3 end");
    }

    @Test
    void whoComesAfterTheLastHasLeftGetsTheGroupOnce() {
        begin();
        it.hear(new UpMessage.Leave(EDGE));
        it.hear(new UpMessage.Join(OTHER_EDGE));
        it.queue.addAll(it.cached); // as each subscription begins
        it.frame(false, 100);

        assertThat(it.takeSent()).containsExactly("d3", "g1", "g2", "g3 end");
    }
}
