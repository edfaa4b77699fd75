package io.sdros.server.rate;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class QueuedRateTest {

    private static final long MILLI = 1_000_000;
    private static final long LEAST = 20 * MILLI;
    private static final long FRAME_BYTES = 10_000;

    private final QueuedRate rate = new QueuedRate();
    private long carried;

    private void frame(long begunMillis, long receivedMillis) {
        carried += FRAME_BYTES;
        rate.add(new RateSample(receivedMillis * MILLI, receivedMillis * MILLI, carried, (receivedMillis - begunMillis) * MILLI), LEAST);
    }

    @Test
    void withoutAQueueNothingIsKnown() {
        for (int i = 0; i < 30; i++) {
            frame(33 * i, 33 * i + 25);
        }
        assertThat(rate.bps(1_000 * MILLI)).isEmpty();
    }

    @Test
    void asMuchAsComesWhileFramesWait() {
        for (int i = 0; i < 10; i++) {
            frame(10 * i, 40 + 40 * i);
        }
        assertThat(rate.bps(400 * MILLI)).hasValueCloseTo(2e6, Offset.offset(1.0));
        assertThat(rate.bps(2_500 * MILLI)).as("too long ago").isEmpty();
    }

    @Test
    void aQueueThatGoesFastIsMeasured() {
        for (int i = 0; i < 20; i++) {
            frame(33 * i, 4_000 + 8 * i);
        }
        assertThat(rate.bps(4_200 * MILLI)).hasValueCloseTo(10e6, Offset.offset(1.0));
    }

    @Test
    void whatARepeatedPacketHeldUpComesAtOnceAndSaysNothing() {
        frame(0, 25);
        for (int i = 0; i < 5; i++) {
            frame(33 + 33 * i, 200 + i);
        }
        frame(220, 245);
        frame(253, 278);
        assertThat(rate.bps(300 * MILLI)).isEmpty();
    }

    @Test
    void theLastMeasurementCounts() {
        for (int i = 0; i < 10; i++) {
            frame(10 * i, 40 + 80 * i);
        }
        for (int i = 0; i < 10; i++) {
            frame(200 + 10 * i, 780 + 20 * i);
        }
        assertThat(rate.bps(1_000 * MILLI)).hasValueCloseTo(4e6, Offset.offset(1.0));
    }
}
