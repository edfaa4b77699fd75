package io.sdros.transport.undertow.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class WriteRateTest {

    private static final long MILLI = 1_000_000;

    private final WriteRate rate = new WriteRate();
    private long nowNanos = -40_000 * MILLI; // the clock may be below 0
    private long sentBytes;

    private void full(long afterMillis, long bytes) {
        nowNanos += afterMillis * MILLI;
        sentBytes += bytes;
        rate.full(sentBytes, nowNanos);
    }

    @Test
    void whatFillsTheBufferIsNotTakenForWhatWasCarried() {
        full(0, 500_000);
        assertThat(rate.nanosPerByte(nowNanos)).isZero();
    }

    @Test
    void betweenTwoTimesFullAsMuchIsCarriedAsWasTaken() {
        full(0, 500_000);
        full(100, 20_000);
        assertThat(rate.nanosPerByte(nowNanos)).isCloseTo(5000, within(0.1));
        full(100, 20_000);
        full(100, 20_000);
        assertThat(rate.nanosPerByte(nowNanos)).isCloseTo(5000, within(0.1));
    }

    @Test
    void shortTimesAreTakenTogether() {
        full(0, 500_000);
        for (int i = 0; i < 49; i++) {
            full(1, 0);
        }
        assertThat(rate.nanosPerByte(nowNanos)).isZero();
        full(1, 10_000);
        assertThat(rate.nanosPerByte(nowNanos)).isCloseTo(5000, within(0.1));
    }

    @Test
    void whatCameBetweenAnEmptyAndAFullBufferIsNotMeasured() {
        full(0, 500_000);
        full(100, 20_000);
        rate.empty();
        full(1000, 300_000);
        assertThat(rate.nanosPerByte(nowNanos)).isCloseTo(5000, within(0.1));
        full(100, 10_000);
        assertThat(rate.nanosPerByte(nowNanos)).as("now it is slower").isGreaterThan(5500);
    }

    @Test
    void neitherIsWhatAnotherSizeOfTheBufferTook() {
        full(0, 500_000);
        full(100, 20_000);
        rate.resized();
        full(100, 300_000);
        assertThat(rate.nanosPerByte(nowNanos)).isCloseTo(5000, within(0.1));
    }

    @Test
    void whatWasMeasuredLongAgoIsNotKnownAnyMore() {
        full(0, 500_000);
        full(100, 20_000);
        assertThat(rate.nanosPerByte(nowNanos + 2000 * MILLI)).isPositive();
        assertThat(rate.nanosPerByte(nowNanos + 2001 * MILLI)).isZero();
        full(5000, 1_000_000);
        full(1000, 200_000);
        assertThat(rate.nanosPerByte(nowNanos)).as("without a trace of the old").isCloseTo(5000, within(0.1));
        full(1000, 1_000_000);
        assertThat(rate.nanosPerByte(nowNanos)).isLessThan(2000);
    }

    @Test
    void whoDidNotReadIsNotSlowWhenItDoes() {
        full(0, 500_000);
        for (int i = 0; i < 50; i++) {
            full(200, 0);
        }
        full(200, 20_000);
        assertThat(rate.nanosPerByte(nowNanos)).isZero();
        full(100, 20_000);
        assertThat(rate.nanosPerByte(nowNanos)).isCloseTo(5000, within(0.1));
    }
}
