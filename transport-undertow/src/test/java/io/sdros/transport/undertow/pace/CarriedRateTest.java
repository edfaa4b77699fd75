package io.sdros.transport.undertow.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sdros.transport.undertow.sdr2.SentFrame;
import org.junit.jupiter.api.Test;

/** A way of 15 ms behind a link that takes its time for each byte, as simple as it can be. */
class CarriedRateTest {

    private static final long MILLI = 1_000_000;
    private static final long WAY = 15 * MILLI;
    private static final int FRAME_BYTES = 10_000;

    private final CarriedRate carried = new CarriedRate();
    private long nowNanos = -40_000 * MILLI; // the clock may be below 0
    private long index;
    private long linkFreeNanos = nowNanos;
    private long arrivedNanos;

    /** One frame is begun now and, some time later, spoken of. */
    private void frame(double nanosPerByte) {
        long begunNanos = nowNanos;
        long transmissionNanos = (long) (FRAME_BYTES * nanosPerByte);
        linkFreeNanos = Math.max(linkFreeNanos, begunNanos) + transmissionNanos;
        arrivedNanos = linkFreeNanos + WAY;
        SentFrame frame = new SentFrame(index, index, 0, begunNanos, begunNanos, begunNanos, begunNanos, ++index * FRAME_BYTES);
        carried.received(frame, arrivedNanos, WAY, 0);
    }

    private void frames(int count, long intervalMillis, double nanosPerByte) {
        for (int i = 0; i < count; i++) {
            frame(nanosPerByte);
            nowNanos += intervalMillis * MILLI;
        }
    }

    @Test
    void whatTheStreamNeedsIsNotTakenForWhatTheLinkCarries() {
        frames(100, 33, 100); // 10 MB/s, of which 0.3 are used
        assertThat(carried.nanosPerByte(arrivedNanos)).isZero();
        assertThat(carried.aheadNanos(1_000_000_000, arrivedNanos)).isZero();
    }

    @Test
    void longWaysAreNoQueue() {
        for (int i = 0; i < 100; i++) { // three frames are always on their way
            SentFrame frame = new SentFrame(index, index, 0, nowNanos, nowNanos, nowNanos, nowNanos, ++index * FRAME_BYTES);
            carried.received(frame, nowNanos + 100 * MILLI, 100 * MILLI, 0);
            nowNanos += 33 * MILLI;
        }
        assertThat(carried.nanosPerByte(nowNanos)).isZero();
    }

    @Test
    void underLoadItIsWhatTheLinkCarries() {
        frames(100, 33, 4000); // 250 kB/s, of 300
        assertThat(carried.nanosPerByte(arrivedNanos)).isCloseTo(4000, within(1.0));
    }

    @Test
    void aheadIsWhatHasNotArrived() {
        frames(100, 33, 4000);
        long sentBytes = index * FRAME_BYTES + 50_000;
        assertThat(carried.aheadNanos(sentBytes, arrivedNanos)).isCloseTo(50_000L * 4000 - WAY, within(MILLI));
        assertThat(carried.aheadNanos(sentBytes, arrivedNanos + 100 * MILLI)).as("half of it has been carried since")
                .isCloseTo(100 * MILLI - WAY, within(MILLI));
        assertThat(carried.aheadNanos(sentBytes, arrivedNanos + 400 * MILLI)).isZero();
    }

    @Test
    void itFollowsAFallAndARise() {
        frames(50, 33, 4000);
        frames(20, 33, 8000);
        assertThat(carried.nanosPerByte(arrivedNanos)).isCloseTo(8000, within(800.0));
        nowNanos = linkFreeNanos;
        frames(60, 33, 4000);
        assertThat(carried.nanosPerByte(arrivedNanos)).isCloseTo(4000, within(400.0));
    }

    @Test
    void whatWasMeasuredLongAgoIsNotKnownAnyMore() {
        frames(100, 33, 4000);
        assertThat(carried.nanosPerByte(arrivedNanos + 2000 * MILLI)).isPositive();
        assertThat(carried.nanosPerByte(arrivedNanos + 2001 * MILLI)).isZero();
        assertThat(carried.aheadNanos(1_000_000_000, arrivedNanos + 2001 * MILLI)).isZero();
    }

    @Test
    void aRoundTripIsTwiceTheWayOrTheErrorOfTheClock() {
        assertThat(carried.roundTripNanos()).isZero();
        frame(100);
        assertThat(carried.roundTripNanos()).isEqualTo(2 * WAY);
        carried.received(new SentFrame(1, 1, 0, 0, 0, nowNanos, nowNanos, 20_000), nowNanos + WAY, 3 * MILLI, 40 * MILLI);
        assertThat(carried.roundTripNanos()).as("a clock that is wrong makes ways look short").isEqualTo(80 * MILLI);
    }
}
