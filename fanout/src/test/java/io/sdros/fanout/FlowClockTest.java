package io.sdros.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FlowClockTest {

    private final FlowClock clock = new FlowClock(TimeUnit.SECONDS.toNanos(5));
    private long nowNanos = Long.MAX_VALUE - 100;

    private void frameAfterMillis(long millis) {
        nowNanos += millis * 1_000_000;
        clock.frame(nowNanos);
    }

    @Test
    void countsTheTimeBetweenFrames() {
        frameAfterMillis(0);
        assertThat(clock.nanos()).isZero();
        frameAfterMillis(40);
        frameAfterMillis(30);
        assertThat(clock.nanos()).isEqualTo(70_000_000);
    }

    @Test
    void countsAPauseAsOneSecondAtMost() {
        frameAfterMillis(0);
        frameAfterMillis(3_600_000);
        assertThat(clock.nanos()).isEqualTo(1_000_000_000);
    }

    @Test
    void neverLetsOnePauseUseUpAShortTimeout() {
        FlowClock brief = new FlowClock(400);
        brief.frame(0);
        brief.frame(1_000_000);
        assertThat(brief.nanos()).isEqualTo(100);
    }

    @Test
    void standsStillWhenTheTimeGoesBack() {
        frameAfterMillis(0);
        frameAfterMillis(-10);
        assertThat(clock.nanos()).isZero();
    }
}
