package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateLimitTest {

    @Test
    void theFirstPassesThenOnePerPeriodWithTheNumberHeldBack() {
        RateLimit limit = new RateLimit(100);
        assertThat(limit.pass(-50)).isTrue();
        assertThat(limit.suppressedBefore()).isZero();
        assertThat(limit.pass(0)).isFalse();
        assertThat(limit.pass(49)).isFalse();
        assertThat(limit.pass(50)).isTrue();
        assertThat(limit.suppressedBefore()).isEqualTo(2);
        assertThat(limit.pass(1000)).isTrue();
        assertThat(limit.suppressedBefore()).isZero();
    }
}
