package io.sdros.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short runs of {@link Chaos} and {@link TruncationStorm}; the docs name the long ones. */
class ChaosIT {

    /** Two streams; each keeps a mapping, five that wait for the collector, and those that came while it was at work. */
    private static final long MOST_MAPPINGS = 2 * 12;

    @Test
    @Timeout(400)
    void framesComeBackWithinASecondWhateverHappened() throws IOException {
        ChaosResult result = Chaos.run(100, System.nanoTime());
        assertThat(result.violations()).isEmpty();
        assertThat(result.resumeMillis(1)).isLessThanOrEqualTo(1_000);
        assertThat(result.most().mappings()).isLessThanOrEqualTo(MOST_MAPPINGS);
        assertThat(result.after().mappings()).isZero();
        assertThat(result.after().descriptors()).isLessThanOrEqualTo(result.before().descriptors());
    }

    @Test
    @Timeout(120)
    void aFileCutShortWhileItIsCopiedDoesNoHarm() throws IOException {
        TruncationStorm.Result result = TruncationStorm.run(10, 1_000, System.nanoTime());
        assertThat(result.violations()).isEmpty();
        assertThat(result.faults()).isGreaterThanOrEqualTo(10);
    }
}
