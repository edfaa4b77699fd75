package io.sdros.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.StallMeter;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The short runs of {@link Chaos} and {@link TruncationStorm}; the docs name the long ones. What the machine keeps threads
 * waiting at once is not the reader's.
 */
class ChaosIT {

    private static final long SECOND_NANOS = 1_000_000_000;

    private final StallMeter stalls = StallMeter.start();

    @AfterEach
    void stopMeasuring() {
        stalls.close();
    }

    @Test
    @Timeout(400)
    void framesComeBackWithinASecondWhateverHappened() throws IOException {
        ChaosResult result = Chaos.run(100, System.nanoTime());
        assertThat(result.violations()).isEmpty();
        assertThat(result.resumeMillis(1) * 1e6).isLessThanOrEqualTo(SECOND_NANOS + stalls.longest().toNanos());
        assertThat(result.most().mappings()).isZero();
        assertThat(result.after().descriptors()).isLessThanOrEqualTo(result.before().descriptors());
    }

    @Test
    @Timeout(120)
    void aFileCutShortWhileItIsCopiedDoesNoHarm() throws IOException {
        TruncationStorm.Result result = TruncationStorm.run(300, System.nanoTime());
        assertThat(result.violations()).isEmpty();
        assertThat(result.backNanos()).isLessThanOrEqualTo(SECOND_NANOS + stalls.longest().toNanos());
        // Or nothing was shown.
        assertThat(result.cutShort()).isPositive();
    }
}
