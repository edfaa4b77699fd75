package io.sdros.transport.undertow.pace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SendBufferTest {

    private static final int MOST = 262_144;
    private static final long MILLI = 1_000_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final SendBuffer buffer = new SendBuffer(MOST);
    private long nowNanos = -40_000 * MILLI; // the clock may be below 0

    private boolean follow(double nanosPerByte, long roundTripNanos) {
        nowNanos += 1000 * MILLI;
        return buffer.follow(nanosPerByte, roundTripNanos, nowNanos);
    }

    private static double nanosPerByte(int bytesPerSecond) {
        return NANOS_PER_SECOND / bytesPerSecond;
    }

    @ParameterizedTest
    @CsvSource({
        "500000, 30, 50000", "500000, 0, 150000", "20000, 0, 16384", "500000, 66, 50000", "500000, 100, 75000", "500000, 200, 150000",
        "20000, 30, 16384", "5000000, 30, 262144", "5000000, 500, 262144",
    })
    void itHoldsATenthOfASecondOrWhatALongWayNeeds(int bytesPerSecond, int roundTripMillis, int bytes) {
        for (int second = 0; second < 100; second++) {
            follow(nanosPerByte(bytesPerSecond), roundTripMillis * MILLI);
        }
        assertThat(buffer.bytes()).as("a last step of less than a quarter is not made").isBetween(bytes, bytes * 4 / 3);
    }

    @Test
    void nothingIsChangedWithoutKnowingTheRate() {
        assertThat(follow(0, 30 * MILLI)).isFalse();
        assertThat(buffer.bytes()).isEqualTo(MOST);
    }

    @Test
    void smallChangesAreNotMade() {
        assertThat(follow(nanosPerByte(1_000_000), 30 * MILLI)).isTrue();
        assertThat(follow(nanosPerByte(1_090_000), 30 * MILLI)).isFalse();
        assertThat(follow(nanosPerByte(800_000), 30 * MILLI)).isFalse();
        assertThat(buffer.bytes()).isEqualTo(100_000);
        assertThat(follow(nanosPerByte(1_300_000), 30 * MILLI)).isTrue();
        assertThat(follow(nanosPerByte(100_000_000), 30 * MILLI)).isTrue();
        assertThat(follow(nanosPerByte(100_000_000), 30 * MILLI)).isFalse();
    }

    @Test
    void aSlowClientsBufferIsNotCutDownAtOnce() {
        assertThat(buffer.follow(nanosPerByte(20_000), 30 * MILLI, nowNanos)).isTrue();
        assertThat(buffer.bytes()).as("what a quarter of a second carries; Linux holds twice as much").isEqualTo(MOST - 5_000);
        assertThat(buffer.follow(nanosPerByte(20_000), 30 * MILLI, nowNanos + 999 * MILLI)).isFalse();
        assertThat(buffer.follow(nanosPerByte(20_000), 30 * MILLI, nowNanos + 1000 * MILLI)).isTrue();
        assertThat(buffer.bytes()).isEqualTo(MOST - 10_000);
        assertThat(buffer.follow(nanosPerByte(20_000_000), 30 * MILLI, nowNanos + 1001 * MILLI)).as("up at once").isTrue();
        assertThat(buffer.bytes()).isEqualTo(MOST);
    }

    @Test
    void whatTheKernelDecidesItDecides() {
        SendBuffer kernels = new SendBuffer(0);
        assertThat(kernels.follow(nanosPerByte(1000), MILLI, 0)).isFalse();
    }

    @Test
    void itIsNeverLargerThanAsked() {
        SendBuffer small = new SendBuffer(4096);
        assertThat(small.follow(nanosPerByte(500_000), 30 * MILLI, 0)).isFalse();
        assertThat(small.bytes()).isEqualTo(4096);
    }

    /** A buffer that limits what is on its way is measured as a slow connection: it must not become smaller and smaller. */
    @ParameterizedTest
    @CsvSource({"30, true", "100, true", "200, true", "400, true", "800, true", "30, false", "100, false", "250, false"})
    void aBufferThatLimitsTheRateGrows(int roundTripMillis, boolean known) {
        long roundTripNanos = roundTripMillis * MILLI;
        long knownNanos = known ? roundTripNanos : 0;
        double linkBytesPerSecond = 2_000_000;
        for (int second = 0; second < 60; second++) {
            follow(nanosPerByte(20_000), knownNanos); // it was slow for a while
        }
        double bytesPerSecond = 0;
        for (int i = 0; i < 100; i++) {
            // As little as what Linux grants may hold, of small frames: no more than was asked for.
            bytesPerSecond = Math.min(linkBytesPerSecond, buffer.bytes() * NANOS_PER_SECOND / roundTripNanos);
            follow(NANOS_PER_SECOND / bytesPerSecond, knownNanos);
        }
        assertThat(bytesPerSecond).isGreaterThanOrEqualTo(Math.min(linkBytesPerSecond, MOST * NANOS_PER_SECOND / roundTripNanos));
    }
}
