package io.sdros.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short runs of {@link Chaos} and {@link TruncationStorm}; the docs name the long ones. */
class ChaosIT {

    @Test
    @Timeout(400)
    void framesComeBackWithinASecondWhateverHappened() throws IOException {
        ChaosResult result = Chaos.run(100, System.nanoTime());
        assertThat(result.violations()).isEmpty();
        assertThat(result.resumeMillis(1)).isLessThanOrEqualTo(1_000);
        assertThat(result.most().mappings()).isZero();
        assertThat(result.after().descriptors()).isLessThanOrEqualTo(result.before().descriptors());
    }

    @Test
    @Timeout(120)
    void aFileCutShortWhileItIsCopiedDoesNoHarm() throws IOException {
        TruncationStorm.Result result = TruncationStorm.run(300, System.nanoTime());
        assertThat(result.violations()).isEmpty();
        assertThat(result.backNanos()).isLessThanOrEqualTo(1_000_000_000);
        // Or nothing was shown.
        assertThat(result.cutShort()).isPositive();
    }
}
