package io.sdros.it.cadence;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What came out for one scenario.
 *
 * @param cpuPercent    the reading process, in per cent of one core
 * @param othersPercent everything else on the machine, the writing process included, likewise
 * @param wakeUpsPerSecond how often a thread of the reading process went on after waiting
 * @param threadPercent the reading process by thread
 */
record Measured(double cpuPercent, double othersPercent, double wakeUpsPerSecond, Delays.Summary delays,
        Map<String, Double> threadPercent) {

    /** The median of every figure by itself; of an even number, the lower one. */
    static Measured median(List<Measured> rounds) {
        Map<String, Double> threads = new TreeMap<>();
        rounds.forEach(round -> round.threadPercent.keySet().forEach(name -> threads.put(name,
                median(rounds, each -> each.threadPercent.getOrDefault(name, 0.0)))));
        return new Measured(median(rounds, Measured::cpuPercent), median(rounds, Measured::othersPercent),
                median(rounds, Measured::wakeUpsPerSecond),
                new Delays.Summary((int) median(rounds, each -> each.delays.frames()),
                        median(rounds, each -> each.delays.p50Micros()),
                        median(rounds, each -> each.delays.p99Micros()),
                        median(rounds, each -> each.delays.maxMicros())),
                threads);
    }

    private static double median(List<Measured> rounds, ToDoubleFunction<Measured> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        return sorted[(sorted.length - 1) / 2];
    }
}
