package io.sdros.shm.reader;

import static io.sdros.shm.reader.RetryWindow.Verdict.GIVE_UP;
import static io.sdros.shm.reader.RetryWindow.Verdict.REPORT;
import static io.sdros.shm.reader.RetryWindow.Verdict.RETRY;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryWindowTest {

    private static final long MILLI = 1_000_000;

    private final RetryWindow window = new RetryWindow();

    @Test
    void givesASequenceUpAfterFiveMilliseconds() {
        long start = Long.MAX_VALUE - MILLI;
        assertThat(window.failed(7, start)).isEqualTo(RETRY);
        assertThat(window.failed(7, start + 5 * MILLI - 1)).isEqualTo(RETRY);
        assertThat(window.failed(7, start + 5 * MILLI)).isEqualTo(GIVE_UP);
        assertThat(window.failed(8, start + 5 * MILLI + 1)).isEqualTo(RETRY);
        assertThat(window.failed(8, start + 10 * MILLI + 1)).isEqualTo(GIVE_UP);
    }

    @Test
    void everySequenceHasItsOwnFiveMilliseconds() {
        window.failed(1, 0);
        window.failed(1, 4 * MILLI);
        assertThat(window.failed(2, 6 * MILLI)).isEqualTo(RETRY);
        assertThat(window.failed(2, 11 * MILLI - 1)).isEqualTo(RETRY);
        assertThat(window.failed(2, 11 * MILLI)).isEqualTo(GIVE_UP);
    }

    @Test
    void aSuccessBeginsANewWindow() {
        window.failed(1, 0);
        window.clear();
        assertThat(window.failed(1, 6 * MILLI)).isEqualTo(RETRY);
        assertThat(window.failed(1, 11 * MILLI - 1)).isEqualTo(RETRY);
        assertThat(window.failed(1, 11 * MILLI)).isEqualTo(GIVE_UP);
    }

    @Test
    void failuresOfOneSequenceAfterTheOtherAreReportedAndCalmedDown() {
        int reports = 0;
        for (int i = 0; i < 1_000; i++) {
            RetryWindow.Verdict verdict = window.failed(i, i * MILLI);
            assertThat(verdict).isNotEqualTo(GIVE_UP);
            reports += verdict == REPORT ? 1 : 0;
        }
        assertThat(reports).isEqualTo(19);
        assertThat(window.pauseNanos()).isEqualTo(500_000);
        window.clear();
        window.failed(1, 0);
        assertThat(window.pauseNanos()).isEqualTo(PollStrategy.SPIN);
    }

    @Test
    void pausesAfterAFewAttempts() {
        for (int i = 0; i < 3; i++) {
            window.failed(1, i);
            assertThat(window.pauseNanos()).isEqualTo(PollStrategy.SPIN);
        }
        window.failed(1, 3);
        assertThat(window.pauseNanos()).isEqualTo(50_000);
    }
}
