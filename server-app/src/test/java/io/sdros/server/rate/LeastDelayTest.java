package io.sdros.server.rate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeastDelayTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000;

    @Test
    void whatAMuchWorseClockSaidIsForgottenAtOnce() {
        LeastDelay least = new LeastDelay();
        assertThat(least.add(0, -130, 60 * MILLI)).isFalse();
        assertThat(least.add(SECOND, 20, 35 * MILLI)).as("not much worse").isFalse();
        assertThat(least.nanos()).isEqualTo(-130);
        assertThat(least.add(2 * SECOND, 20, 35 * MILLI - 1)).isTrue();
        assertThat(least.nanos()).isEqualTo(20);
        least.add(31 * SECOND, 70, 90 * MILLI);
        least.add(32 * SECOND, 70, 10 * MILLI);
        assertThat(least.nanos()).as("what a good one said before stays").isEqualTo(20);
    }

    @Test
    void theLeastIsKeptForAtLeastHalfAMinuteAndForgottenWithinAWhole() {
        LeastDelay least = new LeastDelay();
        least.add(0, 100, 0);
        least.add(SECOND, 20, 0);
        for (int second = 2; second < 31; second++) {
            least.add(second * SECOND, 70, 0);
            assertThat(least.nanos()).as("after %d s", second).isEqualTo(20);
        }
        for (int second = 31; second < 92; second++) {
            least.add(second * SECOND, 70, 0);
        }
        assertThat(least.nanos()).isEqualTo(70);
    }
}
