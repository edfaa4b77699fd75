package io.sdros.transport.undertow.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogThrottleTest {

    private long nowNanos = -5;
    private final LogThrottle throttle = new LogThrottle(() -> nowNanos);

    @Test
    void theFirstPassesThenOnePerIntervalWithTheNumberHeldBack() {
        assertThat(throttle.pass()).hasValue(0);
        for (int i = 0; i < 1000; i++) {
            assertThat(throttle.pass()).isEmpty();
        }
        nowNanos += LogThrottle.INTERVAL_NANOS - 1;
        assertThat(throttle.pass()).isEmpty();
        nowNanos++;
        assertThat(throttle.pass()).hasValue(1001);
        nowNanos += LogThrottle.INTERVAL_NANOS;
        assertThat(throttle.pass()).hasValue(0);
    }

    @Test
    void whatWasHeldBackIsSaid() {
        assertThat(LogThrottle.more(0)).isEmpty();
        assertThat(LogThrottle.more(3)).isEqualTo(" (and 3 more since the last such line)");
    }
}
