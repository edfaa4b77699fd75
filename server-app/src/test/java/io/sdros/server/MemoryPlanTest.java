package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.server.settings.SettingsParser;
import java.time.Clock;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {

    private static final long MIB = 1L << 20;

    @Test
    void theDefaultsFitIntoAHeapOf128MiB() {
        assertThat(new MemoryPlan(124 * MIB, 31 * MIB, 8 * MIB, 16 * MIB).shortage()).isEmpty();
    }

    @Test
    void whatDoesNotFitIsNamedWithWhatItWants() {
        assertThat(new MemoryPlan(64 * MIB, 16 * MIB, 8 * MIB, 32 * MIB).shortage()).hasValueSatisfying(line -> assertThat(line)
                .contains("heap of 64 MiB", "SDR_QUEUE_BYTES (16 MiB)", "SDR_GOP_CACHE_BYTES (8 MiB)", "SDR_SHM_SIZE",
                "(32 MiB)", "108 MiB")
                .doesNotContain("\n"));
        assertThat(new MemoryPlan(128 * MIB, 100 * MIB, 8 * MIB, 16 * MIB).shortage()).isPresent();
        assertThat(new MemoryPlan(2048 * MIB, 512 * MIB, 8 * MIB, 4 * 2047 * MIB).shortage()).isPresent();
    }

    @Test
    void manyStreamsHoldNoMoreInQueuesThanOne() {
        String streams = IntStream.range(0, 16).mapToObj(i -> "s" + i + "=shm:/x/" + i + "?size=1048576").collect(Collectors.joining(","));
        MemoryPlan one = plan(Map.of("SDR_SHM_SIZE", "1048576"));
        MemoryPlan many = plan(Map.of("SDR_STREAMS", streams));

        assertThat(one.framesBytes()).isEqualTo(4 * MIB);
        assertThat(many.framesBytes()).isEqualTo(34 * MIB);
        assertThat(many.queueBytes()).isBetween(one.queueBytes() - 16, Math.max(one.queueBytes(), 16 * MIB));
        assertThat(many.gopCacheBytes()).isLessThanOrEqualTo(many.heapBytes() / 4).isLessThanOrEqualTo(16 * 8 * MIB);
    }

    private static MemoryPlan plan(Map<String, String> environment) {
        return MemoryPlan.of(new SettingsParser(Clock.systemUTC()).parse(environment).settings().orElseThrow());
    }
}
