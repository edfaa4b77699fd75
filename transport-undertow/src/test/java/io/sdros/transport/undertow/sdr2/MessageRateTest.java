package io.sdros.transport.undertow.sdr2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageRateTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private final MessageRate rate = new MessageRate();

    @Test
    void whoHasJustComeMaySend200AtOnce() {
        assertThat(allowed(1_000, 0)).isEqualTo(MessageRate.MOST_PER_SECOND);
    }

    @Test
    void twoHundredASecondAreAllowedForEverAndMoreAreNot() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(rate.message(i * 5 * MILLI)).isTrue();
        }
        int more = 0;
        while (rate.message(50 * SECOND + more * 2 * MILLI)) {
            more++;
        }
        // 300 a second too many use up the 200 of a second and the 500 that 50 s have saved.
        assertThat(more).isBetween(1_000, 1_300);
    }

    @Test
    void whatWasSaidDuringAnOutageMayComeAtOnce() {
        assertThat(rate.message(0)).isTrue();
        assertThat(allowed(2_000, 60 * SECOND)).as("of five a second for a minute, and of a flood").isEqualTo(200 + 600);
        assertThat(allowed(10, 60 * SECOND)).as("then none").isZero();
        assertThat(allowed(2_000, 3_600 * SECOND)).as("after an hour").isEqualTo(200 + MessageRate.MOST_SAVED);
    }

    @Test
    void aClockThatWrapsIsNoMatter() {
        assertThat(rate.message(Long.MAX_VALUE)).isTrue();
        assertThat(allowed(1_000, Long.MIN_VALUE + SECOND)).isEqualTo(200 + 10);
    }

    private int allowed(int messages, long nowNanos) {
        int allowed = 0;
        for (int i = 0; i < messages; i++) {
            allowed += rate.message(nowNanos) ? 1 : 0;
        }
        return allowed;
    }
}
