package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.server.settings.Settings;
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
        assertThat(new MemoryPlan(124 * MIB, 31 * MIB, 8 * MIB, 16 * MIB, 0).shortage()).isEmpty();
    }

    @Test
    void whatDoesNotFitIsNamedWithWhatItWants() {
        assertThat(new MemoryPlan(64 * MIB, 16 * MIB, 8 * MIB, 32 * MIB, 0).shortage()).hasValueSatisfying(line -> assertThat(line)
                .contains("heap of 64 MiB", "SDR_QUEUE_BYTES (16 MiB)", "SDR_GOP_CACHE_BYTES (8 MiB)", "SDR_SHM_SIZE",
                "(32 MiB)", "108 MiB")
                .doesNotContain("\n"));
        assertThat(new MemoryPlan(128 * MIB, 100 * MIB, 8 * MIB, 16 * MIB, 0).shortage()).isPresent();
        assertThat(new MemoryPlan(2048 * MIB, 512 * MIB, 8 * MIB, 4 * 2047 * MIB, 0).shortage()).isPresent();
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

    @Test
    void framesFromOtherMachinesAreBoundedByTheHeapAndCounted() {
        Settings edge = settings(Map.of("SDR_STREAMS", "a=nats:,b=nats:", "SDR_NATS_URL", "nats://hub:4222"));
        MemoryPlan small = MemoryPlan.of(edge, 128 * MIB);
        // Two streams: five frames of 4 MiB and 2 MiB besides each; and what may wait on the connection.
        assertThat(small.relayedBytes()).isEqualTo(2 * 22 * MIB + 16 * MIB);
        assertThat(small.framesBytes()).isEqualTo(8 * MIB);
        assertThat(MemoryPlan.of(edge, 1024 * MIB).relayedBytes()).isEqualTo(2 * 82 * MIB + 32 * MIB);

        Settings any = settings(Map.of("SDR_STREAMS", "*=nats:", "SDR_NATS_URL", "nats://hub:4222"));
        MemoryPlan many = MemoryPlan.of(any, 128 * MIB);
        assertThat(many.relayedBytes()).isEqualTo(22 * MIB + 16 * MIB);
        Settings usual = settings(Map.of("SDR_STREAMS", "*=nats:", "SDR_NATS_URL", "nats://hub:4222", "SDR_QUEUE_BYTES",
                Long.toString(256 * MIB)));
        assertThat(MemoryPlan.of(usual, 1024 * MIB).shortage()).as("a heap of 1 GiB and its quarter").isEmpty();
        assertThat(plan(Map.of()).relayedBytes()).isZero();
    }

    private static MemoryPlan plan(Map<String, String> environment) {
        return MemoryPlan.of(settings(environment));
    }

    private static Settings settings(Map<String, String> environment) {
        return new SettingsParser(Clock.systemUTC()).parse(environment).settings().orElseThrow();
    }
}
