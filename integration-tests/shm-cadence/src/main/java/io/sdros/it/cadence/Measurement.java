package io.sdros.it.cadence;

import io.sdros.it.stress.Child;
import io.sdros.it.stress.TempFolder;
import io.sdros.shm.protocol.ShmWriter;
import io.sdros.shm.reader.ShmFrameStream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runs one scenario once: a writing process, a reading process, and a window in which the latter is looked at. Both
 * are gone afterwards.
 *
 * @param warmUpMillis how long the reader runs on a region of its own first
 * @param settleMillis how long it reads before the window begins
 * @param windowMillis how long it is measured
 * @param serverJar    the packaged server
 */
record Measurement(long warmUpMillis, long settleMillis, long windowMillis, Path serverJar) {

    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    /** Until nobody takes it for a short interruption any more. */
    private static final long AWAY_MILLIS = 2_500;
    private static final Delays.Summary NO_DELAYS = new Delays().summary();

    Measured run(Scenario scenario, long seed) throws IOException, InterruptedException {
        try (TempFolder folder = TempFolder.create()) {
            String regions = IntStream.range(0, scenario.streams()).mapToObj(i -> folder.resolve("frames-" + i).toString())
                    .collect(Collectors.joining(","));
            try (Child writer = program(PatternWriter.class, regions, scenario.pattern().name(),
                    Long.toString(seed), Boolean.toString(scenario.reader() == Scenario.Reader.BELL))) {
                writer.expect("open");
                return scenario.reader() == Scenario.Reader.SERVER
                        ? server(regions) : reader(scenario, regions, writer);
            }
        }
    }

    private Measured reader(Scenario scenario, String regions, Child writer) throws IOException, InterruptedException {
        try (Child reader = program(MeasuredReader.class, regions, scenario.reader().name(),
                Long.toString(warmUpMillis))) {
            reader.expect("ready");
            if (scenario.framesStop()) {
                Thread.sleep(settleMillis);
                writer.close();
                Thread.sleep(AWAY_MILLIS);
            }
            Thread.sleep(settleMillis);
            reader.say("begin");
            Measured watched = watch(reader);
            reader.say("end");
            return new Measured(watched.cpuPercent(), watched.othersPercent(), watched.wakeUpsPerSecond(),
                    Delays.Summary.parse(reader.hear()), watched.threadPercent());
        }
    }

    private Measured server(String region) throws IOException, InterruptedException {
        // By the environment, as a user would; no shell is needed for that.
        List<String> command = List.of("env", "SDR_SHM_PATH=" + region, "SDR_NATS_URL=none",
                "SDR_LISTEN_ADDR=127.0.0.1:0", "SDR_LOG_LEVEL=warn", JAVA, "-jar", serverJar.toString());
        try (Child server = Child.start(command)) {
            // It has no warming up of its own, and much more to start.
            Thread.sleep(3 * warmUpMillis + settleMillis);
            if (!server.alive()) {
                throw new IOException("the server has ended");
            }
            return watch(server);
        }
    }

    private Measured watch(Child child) throws IOException, InterruptedException {
        ProcessorTime before = ProcessorTime.of(child.pid());
        Thread.sleep(windowMillis);
        ProcessorTime after = ProcessorTime.of(child.pid());
        return new Measured(after.percentSince(before), after.othersPercentSince(before), after.wakeUpsPerSecondSince(before), NO_DELAYS,
                Map.copyOf(after.threadPercentSince(before)));
    }

    private static Child program(Class<?> main, String... arguments) throws IOException {
        String classPath = Stream.of(CadenceReport.class, Child.class, ShmFrameStream.class, ShmWriter.class)
                .map(Measurement::location).distinct().collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(JAVA, "-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        return Child.start(command);
    }

    private static String location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no path to " + type, e);
        }
    }
}
