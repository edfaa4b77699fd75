package io.sdros.server.rate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RateAdvisorTest {

    private static final long MILLI = 1_000_000;
    private static final long STREAM_BPS = 5_000_000;
    private static final long QUICK_NANOS = 20 * MILLI;

    private final List<RateAdvice> told = new ArrayList<>();
    private final List<Long> toldMillis = new ArrayList<>();
    private long nowMillis;

    @Test
    void writesWhatTheContractSays() {
        assertThat(new RateAdvice(OptionalLong.of(3_400_000), RateAdvice.Reason.CONGESTION, 2, 3_900_000).json("front"))
                .isEqualTo("{\"stream\":\"front\",\"target_bps\":3400000,\"reason\":\"congestion\",\"clients\":2,\"carried_bps\":3900000}");
        assertThat(new RateAdvice(OptionalLong.empty(), RateAdvice.Reason.UNLIMITED, 0, 0).json("front"))
                .isEqualTo("{\"stream\":\"front\",\"target_bps\":null,\"reason\":\"unlimited\",\"clients\":0,\"carried_bps\":0}");
    }

    @Test
    void whereNothingIsLateNothingIsTold() {
        pass(new RateAdvisor(RatePolicy.PERCENTILE), 10, new Viewer(1, STREAM_BPS, false));

        assertThat(told).isEmpty();
    }

    @Test
    void aQueueThatStandsIsToldAtMostFiveTimesASecondAndAtLeastEveryTwo() {
        pass(new RateAdvisor(RatePolicy.PERCENTILE), 20, new Viewer(1, 3_000_000, true));

        assertThat(told).isNotEmpty();
        assertThat(told.get(0).reason()).isEqualTo(RateAdvice.Reason.CONGESTION);
        assertThat(told.get(0).clients()).isEqualTo(1);
        assertThat(told.get(0).carriedBps()).isBetween(2_900_000L, 3_100_000L);
        for (int i = 1; i < told.size(); i++) {
            assertThat(toldMillis.get(i) - toldMillis.get(i - 1)).isBetween(200L, 2_000L);
        }
        assertThat(told.get(told.size() - 1).targetBps().orElseThrow()).isLessThan(3_000_000);
        assertThat(told).as("repeated at the least rate").anyMatch(advice -> advice.reason() == RateAdvice.Reason.STEADY);
    }

    /** The first answers of its clock came behind the group that it joined with: by them everything came 150 ms earlier. */
    @Test
    void aClockThatGetsBetterIsNoQueue() {
        RateAdvisor advisor = new RateAdvisor(RatePolicy.PERCENTILE);
        for (int word = 0; word < 200; word++) {
            boolean worse = word < 40;
            advisor.feedback(1, new RateSample(nowMillis * MILLI, nowMillis * MILLI, STREAM_BPS / 8_000 * nowMillis,
                    worse ? QUICK_NANOS - 150 * MILLI : QUICK_NANOS, (worse ? 175 : 10) * MILLI));
            assertThat(dueNow(advisor)).as("word %d", word).isEmpty();
            nowMillis += 50;
        }
        pass(advisor, 5, new Viewer(1, STREAM_BPS, true));
        assertThat(told).as("a queue is one as before").isNotEmpty();
    }

    private Optional<RateAdvice> edgesAdvice(RateAdvisor advisor) {
        nowMillis += 300;
        return advisor.due(nowMillis * MILLI, nowMillis * 600);
    }

    @Test
    void anEdgeSpeaksForAsManyAsItHas() {
        RateAdvisor advisor = new RateAdvisor(RatePolicy.PERCENTILE);
        advisor.edge(1, OptionalLong.of(1_000_000), 1, 900_000, 0);
        advisor.edge(2, OptionalLong.of(3_000_000), 20, 2_900_000, 0);
        assertThat(edgesAdvice(advisor)).as("a quarter of 21 have less")
                .contains(new RateAdvice(OptionalLong.of(3_000_000), RateAdvice.Reason.CONGESTION, 21, 2_900_000));

        advisor.edge(1, OptionalLong.of(1_000_000), 10, 900_000, 0);
        assertThat(edgesAdvice(advisor)).map(RateAdvice::targetBps).contains(OptionalLong.of(1_000_000));

        RateAdvisor slowest = new RateAdvisor(RatePolicy.SLOWEST);
        slowest.edge(1, OptionalLong.of(1_000_000), 1, 900_000, nowMillis * MILLI);
        slowest.edge(2, OptionalLong.empty(), 20, 0, nowMillis * MILLI);
        assertThat(edgesAdvice(slowest)).map(RateAdvice::targetBps).contains(OptionalLong.of(1_000_000));

        RateAdvisor off = new RateAdvisor(RatePolicy.OFF);
        off.edge(1, OptionalLong.of(1_000_000), 1, 900_000, nowMillis * MILLI);
        assertThat(edgesAdvice(off)).isEmpty();
        assertThat(off.idle()).isTrue();
    }

    @Test
    void anEdgeThatHasLeftOrSaysNoMoreLimitsNothing() {
        RateAdvisor advisor = new RateAdvisor(RatePolicy.SLOWEST);
        advisor.edge(1, OptionalLong.of(1_000_000), 1, 900_000, 0);
        assertThat(edgesAdvice(advisor)).isPresent();
        advisor.edgeGone(1);
        assertThat(edgesAdvice(advisor)).map(RateAdvice::reason).contains(RateAdvice.Reason.UNLIMITED);

        advisor.edge(2, OptionalLong.of(1_000_000), 1, 900_000, nowMillis * MILLI);
        assertThat(edgesAdvice(advisor)).isPresent();
        nowMillis += 5_000;
        assertThat(edgesAdvice(advisor)).map(RateAdvice::reason).contains(RateAdvice.Reason.UNLIMITED);
        assertThat(advisor.idle()).isTrue();
    }

    @Test
    void theWayToTheEdgesBoundsWhatTheirViewersSay() {
        RateAdvisor advisor = new RateAdvisor(RatePolicy.PERCENTILE);
        for (int i = 0; i < 400; i++) {
            nowMillis += 25;
            long atNanos = nowMillis * MILLI;
            advisor.edge(1, OptionalLong.empty(), 50, 0, atNanos);
            // A stream of 4.8 Mbit/s, of which 3 are carried: what waits is bounded at 250 ms.
            long delayNanos = QUICK_NANOS + Math.min(250, nowMillis * 3 / 8) * MILLI;
            advisor.uplink(new RateSample(atNanos, atNanos, nowMillis * 375, delayNanos));
            advisor.due(atNanos, nowMillis * 600).ifPresent(told::add);
        }

        assertThat(told).isNotEmpty();
        assertThat(told.get(told.size() - 1).targetBps().orElseThrow()).isLessThan(3_000_000);

        told.clear();
        nowMillis += 2_000;
        assertThat(edgesAdvice(advisor)).as("nothing is acknowledged any more").map(RateAdvice::reason)
                .contains(RateAdvice.Reason.UNLIMITED);
    }

    @Test
    void whenTheViewerIsGoneTheLimitIsTakenBackOnce() {
        RateAdvisor advisor = new RateAdvisor(RatePolicy.SLOWEST);
        assertThat(advisor.idle()).isTrue();
        pass(advisor, 5, new Viewer(1, 3_000_000, true));
        told.clear();
        advisor.gone(1);
        assertThat(advisor.idle()).as("the limit stands").isFalse();
        pass(advisor, 5);
        assertThat(advisor.idle()).isTrue();

        assertThat(told).singleElement().satisfies(advice -> {
            assertThat(advice.targetBps()).isEmpty();
            assertThat(advice.reason()).isEqualTo(RateAdvice.Reason.UNLIMITED);
            assertThat(advice.clients()).isZero();
        });
    }

    @Test
    void oneBadViewerOfTwoOrOfFiveDecidesOnlyAsTheSlowest() {
        Viewer bad = new Viewer(9, 3_000_000, true);
        for (RatePolicy policy : List.of(RatePolicy.PERCENTILE, RatePolicy.CONTROL)) {
            pass(new RateAdvisor(policy), 5, bad, good(1));
            pass(new RateAdvisor(policy), 5, bad, good(1), good(2), good(3), good(4));
            assertThat(told).as(policy.name()).isEmpty();
        }
        pass(new RateAdvisor(RatePolicy.PERCENTILE), 5, bad, new Viewer(8, 3_000_000, true), good(1));
        assertThat(told).as("two bad ones of three").isNotEmpty();
        told.clear();
        pass(new RateAdvisor(RatePolicy.SLOWEST), 5, bad, good(1));
        assertThat(told).as("the slowest").isNotEmpty();
    }

    /** There may be a thousand of them, each heard five times a second. */
    @Test
    void notForEveryWordAreAllViewersLookedAt() {
        RateAdvisor advisor = new RateAdvisor(RatePolicy.SLOWEST);
        pass(advisor, 5, new Viewer(1, 3_000_000, true));
        nowMillis += 2_000;
        assertThat(dueNow(advisor)).as("repeated").isPresent();
        nowMillis += 210;
        assertThat(dueNow(advisor)).as("nothing new").isEmpty();
        advisor.gone(1);
        nowMillis += 49;
        assertThat(dueNow(advisor)).isEmpty();
        nowMillis += 1;
        assertThat(dueNow(advisor)).get().extracting(RateAdvice::reason).isEqualTo(RateAdvice.Reason.UNLIMITED);
    }

    private Optional<RateAdvice> dueNow(RateAdvisor advisor) {
        return advisor.due(nowMillis * MILLI, STREAM_BPS / 8_000 * nowMillis);
    }

    @Test
    void offTellsNothing() {
        pass(new RateAdvisor(RatePolicy.OFF), 5, new Viewer(1, 3_000_000, true));

        assertThat(told).isEmpty();
    }

    /** One that is always quick, or whose queue stands after the first second. */
    private record Viewer(long number, long carriedBps, boolean late) {

        RateSample at(long millis, long sinceMillis) {
            long delay = late && sinceMillis > 1_000 ? QUICK_NANOS + 150 * MILLI : QUICK_NANOS;
            return new RateSample(millis * MILLI, millis * MILLI, carriedBps / 8_000 * millis, delay);
        }
    }

    private static Viewer good(long number) {
        return new Viewer(number, STREAM_BPS, false);
    }

    private void pass(RateAdvisor advisor, int seconds, Viewer... viewers) {
        long begunMillis = nowMillis;
        for (long end = nowMillis + seconds * 1_000; nowMillis < end; nowMillis += 50) {
            for (Viewer viewer : viewers) {
                advisor.feedback(viewer.number(), viewer.at(nowMillis, nowMillis - begunMillis));
            }
            dueNow(advisor).ifPresent(each -> {
                told.add(each);
                toldMillis.add(nowMillis);
            });
        }
    }
}
