package io.sdros.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.load.chaos.Chaos;
import io.sdros.it.load.chaos.ChaosReport;
import io.sdros.it.load.chaos.Fault;
import io.sdros.it.load.chaos.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A short run of {@link RelayChaos}. How long a picture stands still is for the long run to judge: here a busy machine may take
 * its time, but every frame is the one that was written, none is shown twice, and all are counted.
 */
final class RelayChaosIT {

    private static final int ROUNDS = 10;
    private static final Duration TIME = Duration.ofSeconds(9);
    private static final Duration OUTAGE = Duration.ofMillis(1_200);
    private static final Duration SETTLE = Duration.ofMillis(300);
    private static final Duration SLACK = Duration.ofSeconds(20);

    @Test
    void whateverFailsEveryFrameIsTheOneThatWasWrittenAndIsCountedOnce() {
        List<Fault> faults = new ArrayList<>(List.of(Fault.values()));
        Collections.shuffle(faults);
        // One of two origins of one name is lost and comes back: that is always among them.
        Collections.swap(faults, 0, faults.indexOf(Fault.ORIGIN_KILLED));
        ChaosReport report = Chaos.run(new Options(faults, ROUNDS, TIME, System.nanoTime(), OUTAGE, OUTAGE, SETTLE, SLACK));
        report.print();
        assertThat(report.violations().kept()).isEmpty();
        assertThat(report.rounds()).isPositive();
        assertThat(report.sent()).isPositive();
    }
}
