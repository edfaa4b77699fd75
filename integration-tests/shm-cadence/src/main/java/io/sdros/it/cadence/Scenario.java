package io.sdros.it.cadence;

import java.util.List;
import java.util.Optional;

/**
 * One row of the report.
 *
 * @param reader       who reads
 * @param framesStop   whether the writer is gone when measuring begins
 * @param everyRound   whether it is measured in every round, or in the first one only
 * @param target       what it has to reach, if anything
 */
record Scenario(String label, Reader reader, Pattern pattern, boolean framesStop, boolean everyRound,
        Optional<Target> target) {

    private static final double NO_MATTER = Double.POSITIVE_INFINITY;

    /** What reads: this program's process in one of several ways, or the packaged server. */
    enum Reader {
        CADENCE, BELL, ADAPTIVE, EVERY_50_MICROS, NO_DEMAND, SLEEP_1_MILLI, SERVER
    }

    /** Upper bounds: per cent of one core, and delays from commit to delivery. */
    record Target(double cpuPercent, double p50Micros, double p99Micros) {

        boolean reachedBy(Measured measured) {
            return measured.cpuPercent() <= cpuPercent && !(measured.delays().p50Micros() > p50Micros)
                    && !(measured.delays().p99Micros() > p99Micros);
        }
    }

    static List<Scenario> all() {
        return List.of(
                compared("cadence", Reader.CADENCE, Optional.of(new Target(2, 60, 400))),
                compared("bell", Reader.BELL, Optional.empty()),
                compared("adaptive", Reader.ADAPTIVE, Optional.empty()),
                compared("poll every 50 us", Reader.EVERY_50_MICROS, Optional.empty()),
                new Scenario("cadence, frames have stopped", Reader.CADENCE, Pattern.STEADY_60, true, true,
                        Optional.of(new Target(0.5, NO_MATTER, NO_MATTER))),
                compared("cadence, no client", Reader.NO_DEMAND,
                        Optional.of(new Target(0.5, NO_MATTER, NO_MATTER))),
                compared("nothing but sleeps of 1 ms", Reader.SLEEP_1_MILLI, Optional.empty()),
                once(Pattern.STEADY_30),
                once(Pattern.STEADY_120),
                once(Pattern.WIDE_JITTER),
                new Scenario("bell", Reader.BELL, Pattern.WIDE_JITTER, false, false, Optional.empty()),
                once(Pattern.DROPS),
                once(Pattern.PAUSES),
                once(Pattern.RATE_CHANGES),
                new Scenario("server process, no client", Reader.SERVER, Pattern.STEADY_60, false, false,
                        Optional.empty()));
    }

    private static Scenario compared(String label, Reader reader, Optional<Target> target) {
        return new Scenario(label, reader, Pattern.STEADY_60, false, true, target);
    }

    private static Scenario once(Pattern pattern) {
        return new Scenario("cadence", Reader.CADENCE, pattern, false, false, Optional.empty());
    }
}
