package io.sdros.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.reader.ReadOutcome;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short run of {@link TearStress}; README and docs name the long one. */
class TearStressIT {

    @Test
    @Timeout(300)
    void aMillionAttemptsDeliverNoWrongByte() throws IOException {
        OutcomeCounts counts = TearStress.run(1_000_000, List.of(WriterKind.values()));
        assertThat(counts.wrongBytes).isZero();
        assertThat(counts.backwards).isZero();
        assertThat(counts.attempts()).isGreaterThanOrEqualTo(1_000_000);
        // Both happened, or nothing was shown.
        assertThat(counts.of(ReadOutcome.FRAME)).isPositive();
        assertThat(counts.of(ReadOutcome.TORN_READ)).isPositive();
    }
}
