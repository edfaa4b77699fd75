package io.sdros.it.load;

import io.sdros.it.support.Await;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * A program: how old is a frame when it reaches its viewers, by how many there are? One server with default settings,
 * rounds of ever more viewers; prints a table of the medians and draws them as a chart, the one in README.md.
 *
 * <p>System properties {@code load.viewers} (numbers, comma-separated), {@code load.frame} (bytes), {@code load.fps},
 * {@code load.rounds}, {@code load.seconds} (of each measurement), {@code load.note} (what else is to be said of the
 * conditions, such as other work on the machine), {@code load.chart} (where the SVG goes).
 */
final class ViewersLoad {

    private static final List<Integer> VIEWERS = Stream.of(System.getProperty("load.viewers", "1,10,30,100,300,1000")
            .split(",")).map(Integer::valueOf).toList();
    private static final int FRAME_BYTES = Integer.getInteger("load.frame", 3_000);
    private static final int FPS = Integer.getInteger("load.fps", 30);
    private static final int ROUNDS = Integer.getInteger("load.rounds", 3);
    private static final int SECONDS = Integer.getInteger("load.seconds", 5);
    private static final String NOTE = System.getProperty("load.note", "");
    private static final Path CHART = Path.of(System.getProperty("load.chart", "../docs/images/viewers.svg"));

    private static final int GROUP = 30;
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final double MICROS_PER_SECOND = 1e6;

    private ViewersLoad() {
    }

    /** What one number of viewers saw in one measurement. */
    private record Seen(double p50Millis, double p99Millis, double cpuMicrosPerMessage) {
    }

    /** The medians over all rounds. */
    private record Row(int viewers, Seen median) {
    }

    public static void main(String[] arguments) throws IOException {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            RegionWriter writer = RegionWriter.open(region.path());
            ServerProcess server = opened.add(ServerProcess.builder().region(region).start());
            server.http().awaitAttached();
            opened.add(SteadyVideo.start(writer, Duration.ofSeconds(1).dividedBy(FPS), FRAME_BYTES, GROUP));

            List<Row> rows = measured(server);
            System.out.println("| viewers | p50, ms | p99, ms | CPU, µs per message |\n|---:|---:|---:|---:|");
            rows.forEach(row -> System.out.printf(Locale.ROOT, "| %d | %.2f | %.2f | %.1f |%n", row.viewers(),
                    row.median().p50Millis(), row.median().p99Millis(), row.median().cpuMicrosPerMessage()));
            Files.createDirectories(CHART.toAbsolutePath().getParent());
            Files.writeString(CHART, chart(rows).svg());
        }
    }

    private static List<Row> measured(ServerProcess server) {
        List<List<Seen>> all = VIEWERS.stream().<List<Seen>>map(viewers -> new ArrayList<>()).toList();
        for (int round = 0; round <= ROUNDS; round++) {
            for (int i = 0; i < VIEWERS.size(); i++) {
                Seen seen = seen(server, VIEWERS.get(i));
                if (round > 0) { // the first is for the compilers
                    all.get(i).add(seen);
                }
            }
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < VIEWERS.size(); i++) {
            List<Seen> rounds = all.get(i);
            rows.add(new Row(VIEWERS.get(i), new Seen(median(rounds, Seen::p50Millis), median(rounds, Seen::p99Millis),
                    median(rounds, Seen::cpuMicrosPerMessage))));
        }
        return rows;
    }

    private static Seen seen(ServerProcess server, int viewers) {
        try (StreamLoad load = StreamLoad.connect(server, viewers)) {
            Await.pause(SETTLE.toNanos());
            double cpuBefore = cpuSeconds(server);
            load.take();
            Await.pause(Duration.ofSeconds(SECONDS).toNanos());
            StreamLoad.Taken taken = load.take();
            double cpu = cpuSeconds(server) - cpuBefore;
            if (taken.closedConnections() > 0) {
                throw new AssertionError(taken.closedConnections() + " of " + viewers + " viewers were cut");
            }
            return new Seen(taken.ageMillis(0.5), taken.ageMillis(0.99), cpu * MICROS_PER_SECOND / taken.agesNanos().length);
        }
    }

    private static double cpuSeconds(ServerProcess server) {
        return server.http().metrics().samples().get("process_cpu_seconds_total");
    }

    private static double median(List<Seen> rounds, ToDoubleFunction<Seen> value) {
        return rounds.stream().mapToDouble(value).sorted().skip(rounds.size() / 2).findFirst().orElseThrow();
    }

    private static LineChart chart(List<Row> rows) {
        String conditions = String.format(Locale.ROOT, "%d frames of %.0f KB a second; server, producer and viewers on %d"
                + " cores%s", FPS, FRAME_BYTES / 1e3, Runtime.getRuntime().availableProcessors(),
                NOTE.isEmpty() ? "" : "; " + NOTE);
        return new LineChart("How old a frame is when it reaches its viewers", conditions, "viewers", "age, ms", List.of(
                line("p50", rows, Seen::p50Millis), line("p99", rows, Seen::p99Millis)));
    }

    private static LineChart.Line line(String name, List<Row> rows, ToDoubleFunction<Seen> value) {
        return new LineChart.Line(name, rows.stream()
                .map(row -> new LineChart.Point(row.viewers(), value.applyAsDouble(row.median()))).toList());
    }
}
