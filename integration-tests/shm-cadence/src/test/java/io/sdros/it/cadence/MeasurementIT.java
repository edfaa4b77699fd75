package io.sdros.it.cadence;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That the program measures what it says; figures are for a quiet machine, and for the docs. */
class MeasurementIT {

    private static final Measurement SHORT = new Measurement(300, 300, 1_500, Path.of("no server"));

    private static Measured measure(Scenario.Reader reader, boolean framesStop) throws Exception {
        return SHORT.run(new Scenario("", reader, 1, Pattern.STEADY_60, framesStop, true, Optional.empty()), 1);
    }

    @Test
    @Timeout(120)
    void cadenceDeliversTheFramesForLittle() throws Exception {
        Measured cadence = measure(Scenario.Reader.CADENCE, false);
        assertThat(cadence.delays().frames()).isBetween(10, 2_000);
        assertThat(cadence.delays().p50Micros()).isBetween(1.0, 1_000_000.0);
        assertThat(cadence.threadPercent()).containsKey("shm-reader");
        assertThat(cadence.threadPercent().get("shm-reader")).isLessThan(25);
    }

    @Test
    @Timeout(120)
    void adaptiveIsSeenToTakeWhatItCanGet() throws Exception {
        Measured adaptive = measure(Scenario.Reader.ADAPTIVE, false);
        assertThat(adaptive.delays().frames()).isBetween(10, 2_000);
        assertThat(adaptive.threadPercent().get("shm-reader")).as("per cent; of a core that others want, too").isGreaterThan(3);
    }

    @Test
    @Timeout(120)
    void whenFramesStopNoneIsDelivered() throws Exception {
        assertThat(measure(Scenario.Reader.CADENCE, true).delays().frames()).isZero();
    }
}
