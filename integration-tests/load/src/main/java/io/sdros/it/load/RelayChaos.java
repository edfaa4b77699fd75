package io.sdros.it.load;

import io.sdros.it.load.chaos.Chaos;
import io.sdros.it.load.chaos.ChaosReport;
import io.sdros.it.load.chaos.Fault;
import io.sdros.it.load.chaos.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A program: does the relay keep its promises when something fails? Two robots with leaf nodes, a hub of three nats-servers and
 * three edges, all child processes; real H.264; a fault in each round, of all kinds in turn. Prints a line for each round and a
 * table, and ends with 1 if anything was not as docs/scaling.md has it.
 *
 * <p>System properties {@code chaos.rounds}, {@code chaos.seed}, {@code chaos.faults} (their names, comma-separated), {@code
 * chaos.seconds} (after which no round begins), {@code chaos.outage}, {@code chaos.partition} and {@code chaos.settle}
 * (milliseconds; the last lie between two faults), {@code chaos.slack} (milliseconds that a busy machine may add to each time).
 */
final class RelayChaos {

    private RelayChaos() {
    }

    public static void main(String[] arguments) {
        long seed = Long.getLong("chaos.seed", System.nanoTime());
        Options options = new Options(faults(seed), Integer.getInteger("chaos.rounds", 100),
                Duration.ofSeconds(Integer.getInteger("chaos.seconds", 86_400)), seed, millis("chaos.outage", 4_000),
                millis("chaos.partition", 10_000), millis("chaos.settle", 2_500), millis("chaos.slack", 0));
        System.out.println(options);
        ChaosReport report = Chaos.run(options);
        report.print();
        System.exit(report.violations().count() == 0 ? 0 : 1);
    }

    private static List<Fault> faults(long seed) {
        String names = System.getProperty("chaos.faults", "");
        List<Fault> faults = new ArrayList<>(names.isEmpty() ? List.of(Fault.values())
                : Stream.of(names.split(",")).map(Fault::valueOf).toList());
        Collections.shuffle(faults, new Random(seed));
        return faults;
    }

    private static Duration millis(String name, int unlessGiven) {
        return Duration.ofMillis(Integer.getInteger(name, unlessGiven));
    }
}
