package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryWindowTest {

    private final RetryWindow window = new RetryWindow();

    @Test
    void givesUpAfterFiveMilliseconds() {
        long start = Long.MAX_VALUE - 1_000_000;
        assertThat(window.exhausted(start)).isFalse();
        assertThat(window.exhausted(start + 4_999_999)).isFalse();
        assertThat(window.exhausted(start + 5_000_000)).isTrue();
        assertThat(window.exhausted(start + 5_000_001)).isFalse();
        assertThat(window.exhausted(start + 10_000_001)).isTrue();
    }

    @Test
    void aSuccessBeginsANewWindow() {
        window.exhausted(0);
        window.clear();
        assertThat(window.exhausted(6_000_000)).isFalse();
        assertThat(window.exhausted(10_999_999)).isFalse();
        assertThat(window.exhausted(11_000_000)).isTrue();
    }

    @Test
    void pausesAfterAFewAttempts() {
        for (int i = 0; i < 3; i++) {
            window.exhausted(i);
            assertThat(window.pauseNanos()).isEqualTo(PollStrategy.SPIN);
        }
        window.exhausted(3);
        assertThat(window.pauseNanos()).isEqualTo(50_000);
    }
}
