package io.sdros.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A process that is stopped for a while is what its own meter calls a stall. */
final class StallMeterTest {

    private static final Duration STOPPED = Duration.ofMillis(300);

    @Test
    void aStandstillIsMeasuredWithItsTime() throws Exception {
        try (StallMeter meter = StallMeter.start()) {
            long beganNanos = System.nanoTime();
            Await.until("the meter runs", Deadlines.SOON, () -> meter.longest().compareTo(Duration.ZERO) > 0);
            long pid = ProcessHandle.current().pid();
            Process standstill = new ProcessBuilder(List.of("sh", "-c",
                    "kill -STOP " + pid + "; sleep " + STOPPED.toMillis() / 1e3 + "; kill -CONT " + pid)).start();
            assertThat(standstill.waitFor(Deadlines.SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
            Await.until("the meter has noticed", Deadlines.SOON, () -> meter.longest().compareTo(STOPPED.dividedBy(2)) > 0);
            long endedNanos = System.nanoTime();

            assertThat(meter.between(beganNanos, endedNanos)).isBetween(STOPPED.dividedBy(2),
                    Duration.ofNanos(endedNanos - beganNanos));
            assertThat(meter.between(beganNanos - 2_000_000_000L, beganNanos - 1_000_000_000L)).isZero();
        }
    }
}
