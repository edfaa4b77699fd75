package io.sdros.server.rate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeastDelayTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void theLeastIsKeptForAtLeastHalfAMinuteAndForgottenWithinAWhole() {
        LeastDelay least = new LeastDelay();
        least.add(0, 100);
        least.add(SECOND, 20);
        for (int second = 2; second < 31; second++) {
            least.add(second * SECOND, 70);
            assertThat(least.nanos()).as("after %d s", second).isEqualTo(20);
        }
        for (int second = 31; second < 92; second++) {
            least.add(second * SECOND, 70);
        }
        assertThat(least.nanos()).isEqualTo(70);
    }
}
