package io.sdros.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.reader.ReadOutcome;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short run of {@link TearStress}; README and docs name the long one. */
class TearStressIT {

    private static final List<WriterKind> SLOT_WRITERS =
            Arrays.stream(WriterKind.values()).filter(kind -> !kind.history()).toList();

    @Test
    @Timeout(300)
    void aMillionAttemptsDeliverNoWrongByte() throws IOException {
        OutcomeCounts counts = TearStress.run(1_000_000, SLOT_WRITERS);
        assertNothingWrong(counts);
        assertThat(counts.attempts()).isGreaterThanOrEqualTo(1_000_000);
        // Both happened, or nothing was shown.
        assertThat(counts.of(ReadOutcome.TORN_READ)).isPositive();
    }

    @Test
    @Timeout(300)
    void norDoesAHistoryWhoseWriterOvertakesItsReaders() throws IOException {
        OutcomeCounts counts = TearStress.run(1_000_000, List.of(WriterKind.SHM_HISTORY));
        assertNothingWrong(counts);
        assertThat(counts.of(ReadOutcome.TORN_READ)).as("overtaken in the middle of a copy").isPositive();
    }

    @Test
    @Timeout(300)
    void norDoesOneThatIsWrittenByPosition() throws IOException {
        assertNothingWrong(TearStress.run(100_000, List.of(WriterKind.SHM_HISTORY_BY_POSITION)));
    }

    private static void assertNothingWrong(OutcomeCounts counts) {
        assertThat(counts.wrongBytes).isZero();
        assertThat(counts.backwards).isZero();
        assertThat(counts.of(ReadOutcome.FRAME)).isPositive();
    }
}
