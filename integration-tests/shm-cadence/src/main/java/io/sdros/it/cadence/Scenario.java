package io.sdros.it.cadence;

import java.util.List;
import java.util.Optional;

/**
 * One row of the report.
 *
 * @param reader       who reads
 * @param streams      how many regions there are, each with a writer
 * @param framesStop   whether the writer is gone when measuring begins
 * @param everyRound   whether it is measured in every round, or in the first one only
 * @param target       what it has to reach, if anything
 */
record Scenario(String label, Reader reader, int streams, Pattern pattern, boolean framesStop, boolean everyRound,
        Optional<Target> target) {

    private static final double NO_MATTER = Double.POSITIVE_INFINITY;

    /** What reads: this program's process in one of several ways, or the packaged server. */
    enum Reader {
        CADENCE, BELL, ADAPTIVE, EVERY_50_MICROS, NO_DEMAND, SLEEP_1_MILLI, ONE_THREAD_1_MILLI, ONE_THREAD_250_MICROS, SERVER
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
                new Scenario("cadence, frames have stopped", Reader.CADENCE, 1, Pattern.STEADY_60, true, true,
                        Optional.of(new Target(0.5, NO_MATTER, NO_MATTER))),
                compared("cadence, no client", Reader.NO_DEMAND,
                        Optional.of(new Target(0.5, NO_MATTER, NO_MATTER))),
                compared("nothing but sleeps of 1 ms", Reader.SLEEP_1_MILLI, Optional.empty()),
                once(Pattern.STEADY_30),
                once(Pattern.STEADY_120),
                once(Pattern.WIDE_JITTER),
                new Scenario("bell", Reader.BELL, 1, Pattern.WIDE_JITTER, false, false, Optional.empty()),
                once(Pattern.DROPS),
                once(Pattern.PAUSES),
                once(Pattern.RATE_CHANGES),
                new Scenario("server process, no client", Reader.SERVER, 1, Pattern.STEADY_60, false, false,
                        Optional.empty()));
    }

    /** Readers of one region and of so many, each on a thread of its own or all on one. */
    static List<Scenario> sharing(int streams) {
        return List.of(
                sharing("1 stream, cadence", Reader.CADENCE, 1),
                sharing(streams + " streams, cadence", Reader.CADENCE, streams),
                sharing("1 stream, bell", Reader.BELL, 1),
                sharing(streams + " streams, bell", Reader.BELL, streams),
                sharing(streams + " streams, one thread, 1 ms", Reader.ONE_THREAD_1_MILLI, streams),
                sharing(streams + " streams, one thread, 250 us", Reader.ONE_THREAD_250_MICROS, streams));
    }

    private static Scenario sharing(String label, Reader reader, int streams) {
        return new Scenario(label, reader, streams, Pattern.STEADY_30, false, true, Optional.empty());
    }

    private static Scenario compared(String label, Reader reader, Optional<Target> target) {
        return new Scenario(label, reader, 1, Pattern.STEADY_60, false, true, target);
    }

    private static Scenario once(Pattern pattern) {
        return new Scenario("cadence", Reader.CADENCE, 1, pattern, false, false, Optional.empty());
    }
}
