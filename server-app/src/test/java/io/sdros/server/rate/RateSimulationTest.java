package io.sdros.server.rate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.server.rate.Link.LinkProfile;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The rate that the server finds, on modelled links with modelled TCP. Seeded: what passes once passes always. */
class RateSimulationTest {

    private static final long SEED = 11;

    @Test
    void whatTheLinkCarriesIsNotCut() {
        for (LinkProfile link : new LinkProfile[] {Links.FAST, Links.JITTER}) {
            Figures figures = run(link, Cubic::new, 20);
            assertThat(figures.bps()).as(link.name()).isGreaterThan(4.9e6);
            assertThat(figures.p99Millis()).as(link.name()).isLessThan(60);
        }
    }

    @Test
    void lossThatTheLinkMakesUpForIsNoCongestion() {
        Figures loss = run(Links.LOSS, Bbr::new, 20);
        assertThat(loss.bps()).isGreaterThan(4.9e6);
        assertThat(loss.p99Millis()).isLessThan(120);
        Figures bursts = run(Links.BURSTS, Bbr::new, 20);
        assertThat(bursts.bps()).isGreaterThan(4.5e6);
        assertThat(bursts.p99Millis()).isLessThan(250);
        assertThat(bursts.staleSeconds()).isZero();
    }

    @Test
    void aStallIsOverSoonAndCostsHalfTheRateAtMost() {
        Figures figures = new Scenario(Links.LOSS, () -> new Bbr(true), 40).run(new Shipped(), SEED).figures();
        assertThat(figures.bps()).isGreaterThan(2.5e6);
        assertThat(figures.staleSeconds()).isLessThan(1);
    }

    @Test
    void whatANewcomerIsSentAtOnceSaysNothingOfTheRate() {
        for (Supplier<CongestionControl> congestion : two()) {
            Figures figures = new Scenario(Links.NARROW, congestion, 20).run(new Shipped(), SEED, 1, Timeline.SECOND).figures();
            assertThat(figures.bps()).isGreaterThan(0.75 * 4e6);
            assertThat(figures.p99Millis()).isLessThan(150);
            assertThat(figures.change()).isLessThan(0.1);
        }
    }

    @Test
    void anEncoderThatMakesLessThanItIsToldIsNotHeldDown() {
        Scenario.Outcome outcome = new Scenario(Links.STEP, Cubic::new, 45).run(new Shipped(), SEED, 0.67, 0);
        assertThat(outcome.figures(40 * Timeline.SECOND, 45 * Timeline.SECOND).bps()).as("15 s after the link is back")
                .isGreaterThan(0.65 * Scenario.ENCODER_BPS);
    }

    @Test
    void aNarrowLinkIsFreshAndUsedAndTheRateDoesNotSwing() {
        for (LinkProfile link : new LinkProfile[] {Links.NARROW, Links.NARROW_DEEP}) {
            for (Supplier<CongestionControl> congestion : two()) {
                Figures figures = run(link, congestion, 25);
                assertThat(figures.p50Millis()).as(link.name()).isLessThan(60);
                assertThat(figures.p99Millis()).as(link.name()).isLessThan(150);
                assertThat(figures.staleSeconds()).as(link.name()).isZero();
                assertThat(figures.framesPerSecond()).as(link.name()).isGreaterThan(29);
                assertThat(figures.bps()).as(link.name()).isGreaterThan(0.75 * 4e6);
                assertThat(figures.change()).as(link.name()).isLessThan(0.1);
            }
        }
    }

    @Test
    void whereLossSlowsTcpDownThePictureIsFresh() {
        Figures figures = run(Links.LOSS, Cubic::new, 30);
        assertThat(figures.p50Millis()).isLessThan(60);
        assertThat(figures.staleSeconds()).isZero();
        assertThat(figures.bps()).isGreaterThan(2e6);
    }

    @Test
    void aStepIsFollowedDownAndUp() {
        Scenario.Outcome outcome = new Scenario(Links.STEP, Cubic::new, 45).run(new Shipped(), SEED);
        assertThat(outcome.figures().staleSeconds()).isLessThan(1.5);
        Figures back = outcome.figures(40 * Timeline.SECOND, 45 * Timeline.SECOND);
        assertThat(back.bps()).as("15 s after the link is back").isGreaterThan(4.8e6);
        assertThat(outcome.figures(18 * Timeline.SECOND, 25 * Timeline.SECOND).bps()).as("of 2 Mbit").isBetween(1.2e6, 2e6);
    }

    @Test
    void whatALinkIsSilentForSaysNothingOfItsRate() {
        for (Supplier<CongestionControl> congestion : two()) {
            for (long seed = 1; seed <= 6; seed++) {
                Scenario.Outcome outcome = new Scenario(Links.DEAD, congestion, 30).run(new Shipped(), seed);
                assertThat(outcome.figures(20 * Timeline.SECOND, 22 * Timeline.SECOND).bps())
                        .as("2 s after the link is back, seed %d", seed).isGreaterThan(4.5e6);
            }
        }
    }

    @Test
    void rampsAndCellsAreFollowed() {
        Figures ramp = run(Links.RAMP, Cubic::new, 40);
        assertThat(ramp.p50Millis()).isLessThan(60);
        assertThat(ramp.staleSeconds()).isZero();
        Figures lte = run(Links.LTE, Cubic::new, 40);
        assertThat(lte.p50Millis()).isLessThan(80);
        assertThat(lte.staleSeconds()).as("of 35, with steps to the half").isLessThan(2);
        assertThat(lte.framesPerSecond()).isGreaterThan(29);
    }

    @Test
    void withoutAdviceTheNarrowLinkIsStale() {
        assertThat(new Scenario(Links.NARROW, Cubic::new, 20).run(new Unadvised(), SEED).figures().staleSeconds())
                .as("or the model is too kind to prove anything").isGreaterThan(4);
    }

    @Test
    void ofTwoViewersTheBetterIsNotSpoiltUnlessTheSlowestDecides() {
        Figures alone = new Scenario(Links.FAST, Cubic::new, 20).run(new Shipped(), SEED).figures();
        TwoViewers percentile = new TwoViewers(RatePolicy.PERCENTILE, Links.FAST, Links.NARROW, SEED).run(20);
        assertThat(percentile.figures(0).bps()).isGreaterThan(0.98 * alone.bps());
        assertThat(percentile.figures(0).p99Millis()).isLessThan(1.5 * alone.p99Millis());

        TwoViewers slowest = new TwoViewers(RatePolicy.SLOWEST, Links.FAST, Links.NARROW, SEED).run(30);
        assertThat(slowest.figures(0).bps()).isBetween(2.6e6, 4e6);
        assertThat(slowest.figures(1).p50Millis()).isLessThan(60);
    }

    private static Figures run(LinkProfile link, Supplier<CongestionControl> congestion, int seconds) {
        return new Scenario(link, congestion, seconds).run(new Shipped(), SEED).figures();
    }

    private static Iterable<Supplier<CongestionControl>> two() {
        return List.of(Bbr::new, Cubic::new);
    }
}
