package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdaptivePollingTest {

    private static final long MILLI = 1_000_000;

    private final AdaptivePolling polling = new AdaptivePolling();

    @Test
    void sleepsUntilTheFirstFrame() {
        assertThat(polling.pauseNanos(0)).isEqualTo(MILLI);
        polling.observe(0, 10);
        assertThat(polling.pauseNanos(10)).isEqualTo(MILLI);
    }

    @Test
    void spinsThenYieldsThenSleeps() {
        polling.observe(7, 1000);
        assertThat(polling.pauseNanos(1000)).isEqualTo(PollStrategy.SPIN);
        assertThat(polling.pauseNanos(1000 + 99_999)).isEqualTo(PollStrategy.SPIN);
        assertThat(polling.pauseNanos(1000 + 100_000)).isEqualTo(PollStrategy.YIELD);
        assertThat(polling.pauseNanos(1000 + 50 * MILLI - 1)).isEqualTo(PollStrategy.YIELD);
        assertThat(polling.pauseNanos(1000 + 50 * MILLI)).isEqualTo(MILLI);
    }

    @Test
    void sleepsAfterARestartUntilANewSequence() {
        polling.observe(7, 0);
        polling.restart();
        polling.observe(7, 10);
        assertThat(polling.pauseNanos(10)).isEqualTo(MILLI);
        polling.observe(8, 20);
        assertThat(polling.pauseNanos(20)).isEqualTo(PollStrategy.SPIN);
    }

    @Test
    void onlyANewSequenceBeginsAgain() {
        polling.observe(7, 0);
        polling.observe(7, 60 * MILLI);
        assertThat(polling.pauseNanos(60 * MILLI)).isEqualTo(MILLI);
        polling.observe(8, 61 * MILLI);
        assertThat(polling.pauseNanos(61 * MILLI)).isEqualTo(PollStrategy.SPIN);
    }
}
