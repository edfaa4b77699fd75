package io.sdros.telemetry.nats.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LineBudgetTest {
    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private final AtomicLong clock = new AtomicLong(-7);
    private final LineBudget lines = new LineBudget(3, INTERVAL, clock::get);

    private int taken() {
        int count = 0;
        while (lines.take()) {
            count++;
        }
        return count;
    }

    @Test
    void someAtOnceThenOnePerInterval() {
        assertThat(taken()).isEqualTo(3);
        clock.addAndGet(INTERVAL.toNanos() - 1);
        assertThat(taken()).isZero();
        clock.addAndGet(1);
        assertThat(taken()).isEqualTo(1);
        clock.addAndGet(2 * INTERVAL.toNanos());
        assertThat(taken()).isEqualTo(2);
    }

    @Test
    void aLongSilenceSavesNoMoreThanTheFirstAllowance() {
        clock.addAndGet(1_000 * INTERVAL.toNanos());
        assertThat(taken()).isEqualTo(3);
    }
}
