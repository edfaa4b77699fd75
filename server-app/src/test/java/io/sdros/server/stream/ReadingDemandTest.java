package io.sdros.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadingDemandTest {

    private long nowNanos = Long.MAX_VALUE - 5;
    private boolean watched;
    private boolean unknown;
    private int stops;

    private ReadingDemand demand(Optional<Duration> idle) {
        return new ReadingDemand(idle, () -> watched, () -> unknown, () -> nowNanos, () -> stops++);
    }

    @Test
    void nothingIsReadBeforeTheFirstViewer() {
        ReadingDemand demand = demand(Optional.of(Duration.ofHours(1)));

        assertThat(demand.getAsBoolean()).isFalse();
        assertThat(demand.reading()).isFalse();
        assertThat(stops).isZero();
    }

    @Test
    void aStreamThatIsUnknownIsReadForNobodyUntilItIsKnown() {
        ReadingDemand demand = demand(Optional.of(Duration.ofHours(1)));
        unknown = true;
        assertThat(demand.getAsBoolean()).isTrue();
        assertThat(demand.reading()).isTrue();
        unknown = false;
        assertThat(demand.getAsBoolean()).as("nobody has left, so nobody is waited for").isFalse();
        assertThat(stops).isEqualTo(1);
        assertThat(demand.onlyLearnt()).isTrue();
        unknown = true;
        assertThat(demand.getAsBoolean()).as("another writer").isTrue();
    }

    @Test
    void whatWasReadForViewersIsNotOnlyLearnt() {
        ReadingDemand demand = demand(Optional.of(Duration.ZERO));
        unknown = true;
        assertThat(demand.getAsBoolean()).isTrue();
        watched = true;
        assertThat(demand.getAsBoolean()).isTrue();
        watched = false;
        unknown = false;
        assertThat(demand.getAsBoolean()).isFalse();
        assertThat(demand.onlyLearnt()).isFalse();
    }

    @Test
    void readingGoesOnForTheIdleTimeAfterTheLastViewer() {
        ReadingDemand demand = demand(Optional.of(Duration.ofNanos(10)));
        watched = true;
        assertThat(demand.getAsBoolean()).isTrue();
        watched = false;
        nowNanos += 100;
        assertThat(demand.getAsBoolean()).as("counted from when the viewer was missed first").isTrue();
        nowNanos += 9;
        assertThat(demand.getAsBoolean()).isTrue();
        assertThat(demand.reading()).isTrue();
        nowNanos += 1;
        assertThat(demand.getAsBoolean()).isFalse();
        assertThat(demand.getAsBoolean()).isFalse();
        assertThat(demand.reading()).isFalse();
        assertThat(stops).as("told once").isEqualTo(1);
    }

    @Test
    void aViewerWhoComesBackBeginsTheTimeAnew() {
        ReadingDemand demand = demand(Optional.of(Duration.ofNanos(10)));
        for (int i = 0; i < 3; i++) {
            watched = true;
            assertThat(demand.getAsBoolean()).isTrue();
            watched = false;
            assertThat(demand.getAsBoolean()).isTrue();
            nowNanos += 9;
            assertThat(demand.getAsBoolean()).isTrue();
        }
        assertThat(stops).isZero();
    }

    @Test
    void zeroStopsAtOnceAndAbsentNever() {
        ReadingDemand atOnce = demand(Optional.of(Duration.ZERO));
        watched = true;
        assertThat(atOnce.getAsBoolean()).isTrue();
        watched = false;
        assertThat(atOnce.getAsBoolean()).isFalse();
        assertThat(stops).isEqualTo(1);

        assertThat(demand(Optional.empty()).getAsBoolean()).as("even if nobody has ever watched").isTrue();
    }
}
