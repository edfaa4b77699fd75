package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryPlanTest {

    private static final long MIB = 1L << 20;

    @Test
    void theDefaultsFitIntoAHeapOf128MiB() {
        assertThat(new MemoryPlan(124 * MIB, 31 * MIB, 8 * MIB, 4 * MIB).shortage()).isEmpty();
    }

    @Test
    void whatDoesNotFitIsNamedWithWhatItWants() {
        assertThat(new MemoryPlan(64 * MIB, 16 * MIB, 8 * MIB, 8 * MIB).shortage()).hasValueSatisfying(line -> assertThat(line)
                .contains("heap of 64 MiB", "SDR_QUEUE_BYTES (16 MiB)", "SDR_GOP_CACHE_BYTES (8 MiB)", "SDR_SHM_SIZE",
                "(32 MiB)", "108 MiB")
                .doesNotContain("\n"));
        assertThat(new MemoryPlan(128 * MIB, 100 * MIB, 8 * MIB, 4 * MIB).shortage()).isPresent();
        assertThat(new MemoryPlan(2048 * MIB, 512 * MIB, 8 * MIB, 2047 * MIB).shortage()).isPresent();
    }
}
