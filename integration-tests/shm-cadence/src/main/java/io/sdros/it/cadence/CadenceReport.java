package io.sdros.it.cadence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Measures what the ways of waiting for frames cost and how late frames are, one after the other and in several
 * rounds, so that what else the machine does meets all of them; prints medians. Ends with 1 if a target is missed.
 */
public final class CadenceReport {

    private static final String ROW = "%-31s %-27s %7.2f %10.0f %8.0f %8.0f %8.0f %7d %8.0f  %s%n";

    private static final int STREAMS = 16;

    private CadenceReport() {
    }

    /**
     * Arguments: rounds, 3 unless given; seconds of each measurement, 4 unless given; path of the packaged server,
     * server-app/target/server-app.jar unless given. With {@code sharing} in front: how 16 streams share threads.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        boolean sharing = arguments.length > 0 && arguments[0].equals("sharing");
        String[] args = sharing ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments;
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        long windowMillis = args.length > 1 ? 1_000 * Long.parseLong(args[1]) : 4_000;
        Path serverJar = Path.of(args.length > 2 ? args[2] : "server-app/target/server-app.jar");
        if (!Files.exists(serverJar)) {
            System.err.println("there is no " + serverJar + ": build it, or give its path as the third argument");
            System.exit(2);
        }
        Map<Scenario, List<Measured>> all = measure(rounds, sharing ? Scenario.sharing(STREAMS) : Scenario.all(),
                new Measurement(2_000, 1_500, windowMillis, serverJar));
        if (!print(all)) {
            System.exit(1);
        }
    }

    private static Map<Scenario, List<Measured>> measure(int rounds, List<Scenario> scenarios, Measurement measurement)
            throws IOException, InterruptedException {
        System.out.printf(Locale.ROOT, "Java %s, %d cores, load %s; %d rounds of %.0f s%n",
                System.getProperty("java.version"), Runtime.getRuntime().availableProcessors(),
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0], rounds, measurement.windowMillis() / 1e3);
        Map<Scenario, List<Measured>> all = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Scenario scenario : scenarios) {
                if (round == 0 || scenario.everyRound()) {
                    all.computeIfAbsent(scenario, each -> new ArrayList<>()).add(measurement.run(scenario, round));
                }
            }
            System.out.println("round " + (round + 1) + " done");
        }
        return all;
    }

    /** Returns whether all targets were reached. */
    private static boolean print(Map<Scenario, List<Measured>> all) {
        System.out.printf("%n%-31s %-27s %7s %10s %8s %8s %8s %7s %8s%n", "process", "frames", "CPU %", "wake-ups/s", "p50 us", "p99 us",
                "max us", "frames", "others %");
        boolean reached = true;
        for (Map.Entry<Scenario, List<Measured>> each : all.entrySet()) {
            Scenario scenario = each.getKey();
            Measured median = Measured.median(each.getValue());
            boolean missed = scenario.target().map(target -> !target.reachedBy(median)).orElse(false);
            reached &= !missed;
            System.out.printf(Locale.ROOT, ROW, scenario.label(), scenario.pattern().label(), median.cpuPercent(),
                    median.wakeUpsPerSecond(), median.delays().p50Micros(), median.delays().p99Micros(), median.delays().maxMicros(),
                    median.delays().frames(), median.othersPercent(),
                    scenario.target().map(target -> missed ? "MISSED" : "reached").orElse(""));
        }
        System.out.println();
        System.out.println("CPU by thread, % of one core:");
        all.forEach((scenario, rounds) -> System.out.println("  " + scenario.label() + ", "
                + scenario.pattern().label() + ": " + threads(Measured.median(rounds))));
        return reached;
    }

    private static String threads(Measured measured) {
        return measured.threadPercent().entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .filter(thread -> thread.getValue() >= 0.01)
                .map(thread -> String.format(Locale.ROOT, "%s %.2f", thread.getKey(), thread.getValue()))
                .collect(Collectors.joining(", "));
    }
}
