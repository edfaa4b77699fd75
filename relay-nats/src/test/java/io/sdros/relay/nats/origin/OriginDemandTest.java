package io.sdros.relay.nats.origin;

import static io.sdros.relay.nats.origin.OriginHarness.EDGE;
import static io.sdros.relay.nats.origin.OriginHarness.OTHER_EDGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.relay.nats.SourceState;
import io.sdros.relay.nats.wire.OriginInfo;
import io.sdros.relay.nats.wire.UpMessage;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** When an origin publishes, and what it hears and says besides. */
class OriginDemandTest {

    private final OriginHarness it = new OriginHarness();

    @Test
    void nothingIsPublishedWhileNobodyWantsIt() {
        it.frame(true, 100);
        it.later(10_000);

        assertThat(it.subscribed).isFalse();
        assertThat(it.sent).isEmpty();
    }

    @Test
    void beatsMakeAndKeepDemandAndThreeMissedEndIt() {
        it.beat(EDGE, 0);
        assertThat(it.subscribed).isTrue();
        it.later(3_400);
        it.beat(EDGE, 0);
        it.later(3_400);
        assertThat(it.subscribed).isTrue();
        assertThat(it.counters.edgesNow()).isEqualTo(1);

        it.later(200);

        assertThat(it.subscribed).isFalse();
        assertThat(it.heard).containsExactly("demand true", "gone edge", "demand false");
        assertThat(it.counters.edgesNow()).isZero();
    }

    @Test
    void theLastToLeaveEndsIt() {
        it.beat(EDGE, 0);
        it.beat(OTHER_EDGE, 0);
        it.hear(new UpMessage.Leave(EDGE));
        assertThat(it.subscribed).isTrue();

        it.hear(new UpMessage.Leave(OTHER_EDGE));

        assertThat(it.subscribed).isFalse();
    }

    @Test
    void wordsThatAreNoBeatMakeNoDemand() {
        it.hear(new UpMessage.NeedKey(EDGE, "join", 1));
        it.hear(new UpMessage.Ack(EDGE, OriginHarness.ID, 1));
        it.hear(new UpMessage.Rate(EDGE, OptionalLong.of(1), 1, 1));

        assertThat(it.subscribed).isFalse();
        assertThat(it.heard).isEmpty();
    }

    @Test
    void theServersWordThatNobodyListensEndsItAtOnce() {
        it.beat(EDGE, 0);
        it.frame(true, 100);

        it.origin.noResponders(1);
        it.turn();

        assertThat(it.subscribed).isFalse();
    }

    @Test
    void thatWordOfAKeyframeFromBeforeAJoinIsNothing() {
        it.beat(EDGE, 0);
        it.frame(true, 100);
        it.hear(new UpMessage.Join(OTHER_EDGE));

        it.origin.noResponders(1);
        it.turn();

        assertThat(it.subscribed).isTrue();
    }

    @Test
    void frameAfterFrameGoesOutUnderItsSubject() {
        it.beat(EDGE, 0);
        it.frame(true, 100);
        it.frame(false, 100);
        it.frame(true, 100);

        assertThat(it.sentWords()).containsExactly("k1", "d2", "k3");
        assertThat(it.sent).extracting(OriginHarness.Message::sequence).containsExactly(1L, -1L, 3L);
        assertThat(it.counters.published()).isEqualTo(3);
    }

    @Test
    void aLargeKeyframeGoesInChunksAndItsLastAsksWhetherAnybodyListens() {
        it.beat(EDGE, 0);
        it.frame(true, 2 << 20);

        assertThat(it.sent).hasSize(17).allSatisfy(message -> assertThat(message.bytes().length).isLessThanOrEqualTo(128 * 1024));
        assertThat(it.sent.subList(0, 16)).allSatisfy(message -> assertThat(message.sequence()).isEqualTo(-1));
        assertThat(it.sent.get(16).sequence()).isEqualTo(1);
    }

    @Test
    void whatASubscriptionBeginsWithIsNotPublishedTwice() {
        it.beat(EDGE, 0);
        it.frame(true, 100);
        it.frame(false, 100);
        assertThat(it.takeSent()).containsExactly("k1", "d2");
        it.connected = false;
        it.turn();
        assertThat(it.subscribed).isFalse();

        it.connected = true;
        it.origin.connected();
        it.turn();
        it.queue.addAll(it.cached);
        it.frame(false, 100);
        it.frame(true, 100);

        assertThat(it.takeSent()).containsExactly("d3", "k4");
        assertThat(it.counters.published()).isEqualTo(4);
    }

    @Test
    void whatWasPublishedLongBeforeIsNotKept() {
        it.beat(EDGE, 0);
        it.frame(true, 100);
        it.connected = false;
        it.turn();
        it.later(5_001);
        it.connected = true;
        it.beat(EDGE, 0);
        it.queue.addAll(it.cached);
        it.turn();

        assertThat(it.takeSent()).containsExactly("k1", "k2");
    }

    @Test
    void aFrameOfWhichNothingWasSentTakesNoNumber() {
        it.beat(EDGE, 0);
        it.connected = false;
        it.queue.clear();
        it.frame(true, 100);
        it.connected = true;
        it.frame(true, 100);

        assertThat(it.sentWords()).startsWith("k1");
    }

    @Test
    void infoIsSaidEachSecondAndWhenSomethingChanges() {
        it.turn();
        it.later(500);
        assertThat(it.infos).hasSize(1);
        it.later(500);
        assertThat(it.infos).hasSize(2);
        assertThat(it.infos.get(0)).isEqualTo(new OriginInfo(OriginHarness.ID, OriginHarness.EPOCH, 3, OriginInfo.State.LIVE, false, 0,
                true, "Front"));

        it.state = SourceState.STALE;
        it.later(10);
        assertThat(it.infos.get(2).state()).isEqualTo(OriginInfo.State.STALE);
        it.codec = 1;
        it.later(10);
        assertThat(it.infos.get(3).codec()).as("of the source, while nobody watches").isEqualTo(1);
        it.beat(EDGE, 0);
        it.frame(true, 10);
        it.later(1_000);
        assertThat(it.infos.get(4).codec()).as("of the frames").isEqualTo(2);
    }

    @Test
    void aBeatIsAnswered() {
        it.beat(EDGE, 0);

        assertThat(it.answers).containsExactly("_INBOX.b " + OriginHarness.ID + " 5");
    }

    @Test
    void needsAndRatesAreHandedOn() {
        it.beat(EDGE, 0);
        it.heard.clear();
        it.hear(new UpMessage.NeedKey(EDGE, "lag", 4));
        it.hear(new UpMessage.Rate(EDGE, OptionalLong.of(5_000), 7, 4_000));
        it.hear(new UpMessage.Rate(EDGE, OptionalLong.empty(), 7, 4_000));

        assertThat(it.heard).containsExactly("need lag 4", "rate 5000 7 4000", "rate -1 7 4000");
    }

    @Test
    void ofTwoOriginsTheBetterPublishesAndTheOtherFollowsWithin2Seconds() {
        it.beat(EDGE, 0);
        it.frame(true, 10);
        rival(4, OriginInfo.State.LIVE);
        assertThat(it.subscribed).isFalse();
        assertThat(it.infos.get(it.infos.size() - 1).standby()).isTrue();

        it.later(1_000);
        rival(4, OriginInfo.State.LIVE);
        it.later(1_000);
        it.beat(EDGE, 0);
        assertThat(it.subscribed).isFalse();
        it.later(501);

        assertThat(it.subscribed).isTrue();
        assertThat(it.infos.get(it.infos.size() - 1).standby()).isFalse();
    }

    @Test
    void aBetterOriginWithoutPicturesAndAWorseOneHoldNobodyBack() {
        it.beat(EDGE, 0);
        rival(4, OriginInfo.State.STALE);
        rival(2, OriginInfo.State.LIVE);

        assertThat(it.subscribed).isTrue();
    }

    @Test
    void itsOwnWordsAreNoRivals() {
        it.beat(EDGE, 0);
        it.origin.info(new OriginInfo(OriginHarness.ID, 1, 9, OriginInfo.State.LIVE, false, 1, true, "").json(), it.nowNanos);
        it.turn();

        assertThat(it.subscribed).isTrue();
    }

    private void rival(int priority, OriginInfo.State state) {
        it.origin.info(new OriginInfo(priority, 1, priority, state, false, 1, true, "").json(), it.nowNanos);
        it.turn();
    }

    @Test
    void anyBytesAreCountedAndHarmless() {
        Random random = new Random(20);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            it.origin.up(bytes, Optional.of("_INBOX.x"), it.nowNanos);
            it.origin.info(bytes, it.nowNanos);
        }
        it.origin.up("{\"type\":\"join\"}".getBytes(StandardCharsets.UTF_8), Optional.empty(), it.nowNanos);
        it.turn();

        assertThat(it.counters.malformedMessages()).isEqualTo(4_001);
        assertThat(it.subscribed).isFalse();
    }

    @Test
    void noMoreEdgesAreKnownThanThereMayBe() {
        for (int i = 1; i <= 5_000; i++) {
            it.origin.up(new UpMessage.Join(i).json(), Optional.empty(), it.nowNanos);
        }
        it.turn();

        assertThat(it.counters.edgesNow()).isEqualTo(4_096);
    }

    @Test
    void atTheEndTheSubscriptionIsClosed() {
        it.beat(EDGE, 0);
        it.origin.close();

        assertThat(it.subscribed).isFalse();
        assertThat(it.heard).containsExactly("demand true", "gone edge", "demand false");
    }

    @Test
    void behindAFrameThatWasLeftOutTheNextIsAKeyframeAndIsAskedFor() {
        it.beat(EDGE, 0);
        it.frame(true, 100);
        it.ending = true;
        it.frame(false, 100);
        it.ending = false; // by now there is another connection
        it.frame(false, 100);
        assertThat(it.takeSent()).containsExactly("k1");
        assertThat(it.heard).endsWith("need lag 1");

        it.frame(true, 100);
        it.frame(false, 100);
        assertThat(it.takeSent()).containsExactly("k2", "d3");
    }
}
