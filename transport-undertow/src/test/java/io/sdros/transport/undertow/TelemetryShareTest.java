package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

import org.junit.jupiter.api.Test;

class TelemetryShareTest {

    private final TelemetryShare share = new TelemetryShare(0);

    private static long micros(long micros) {
        return Duration.ofNanos(micros * 1_000).toNanos();
    }

    @Test
    void restsNineTimesAsLongAsItTook() {
        assertThat(share.spent(0, micros(500))).isEqualTo(micros(4_500));
    }

    @Test
    void littleNeverRestsAsLongAsThereIsTimeInBetween() {
        for (int second = 0; second < 100; second++) {
            long from = micros(1_000_000L * second);
            assertThat(share.spent(from, from + micros(100))).isZero();
        }
    }

    @Test
    void littleAddsUp() {
        assertThat(share.spent(0, micros(100))).isZero();
        assertThat(share.spent(micros(100), micros(200))).isEqualTo(micros(1_800));
    }

    @Test
    void aRestThatWasTakenIsPaid() {
        share.spent(0, micros(500));
        assertThat(share.spent(micros(5_000), micros(5_050))).isZero();
    }

    @Test
    void aLongRoundDoesNotSilenceTelemetry() {
        assertThat(share.spent(0, micros(1_000_000))).isEqualTo(micros(20_000));
    }
}
