package io.sdros.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadHealthTest {

    private static final long SECOND = 1_000_000_000L;
    /** As the clock may start anywhere, negative included. */
    private static final long START = -3 * SECOND;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final ReadHealth health = new ReadHealth();

    @Test
    void isFineAtFirst() {
        assertThat(failureAt(0)).isEmpty();
        assertThat(failureAt(1000)).isEmpty();
    }

    @Test
    void aFailureCountsWhenItHasLasted() {
        health.failed("torn_read", START);
        health.failed("crc_mismatch", START + 4 * SECOND);

        assertThat(failureAt(4)).isEmpty();
        assertThat(failureAt(5)).isEqualTo("crc_mismatch");
    }

    @Test
    void aGoodFrameEndsIt() {
        health.failed("torn_read", START);
        health.good();
        assertThat(failureAt(6)).isEmpty();

        health.failed("torn_read", START + 7 * SECOND);
        assertThat(failureAt(8)).isEmpty();
        assertThat(failureAt(12)).isEqualTo("torn_read");
    }

    @Test
    void isForgottenWhenNobodyReadsAnyMore() {
        health.failed("torn_read", START);
        assertThat(failureAt(15)).isEqualTo("torn_read");
        assertThat(failureAt(16)).isEmpty();

        health.failed("torn_read", START + 20 * SECOND);
        assertThat(failureAt(24)).isEmpty();
        assertThat(failureAt(25)).isEqualTo("torn_read");
    }

    private String failureAt(int second) {
        return health.failure(LIMIT, START + second * SECOND);
    }
}
