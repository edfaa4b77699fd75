package io.sdros.it.load;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A program: what does a delivered frame cost when the viewers are spread over edges? The same number of viewers at one server,
 * and at edges with an origin and a nats-server, in turns on this machine; prints the processor time of all servers per
 * delivered frame, its medians over all rounds, and their ratio.
 *
 * <p>System properties {@code load.viewers}, {@code load.edges}, {@code load.frame} (bytes), {@code load.fps}, {@code
 * load.rounds}, {@code load.seconds} (of each measurement).
 */
final class EdgesLoad {

    private static final int VIEWERS = Integer.getInteger("load.viewers", 2_000);
    private static final int EDGES = Integer.getInteger("load.edges", 4);
    private static final int FRAME_BYTES = Integer.getInteger("load.frame", 3_000);
    private static final int FPS = Integer.getInteger("load.fps", 30);
    private static final int ROUNDS = Integer.getInteger("load.rounds", 5);
    private static final int SECONDS = Integer.getInteger("load.seconds", 6);

    private static final int GROUP = 30;
    private static final Duration SETTLE = Duration.ofSeconds(3);
    private static final double MICROS_PER_SECOND = 1e6;
    private static final double TICKS_PER_SECOND = 100;
    // In /proc/PID/stat, behind the name.
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;

    private EdgesLoad() {
    }

    /** Who serves the viewers, evenly spread, and who besides these works for it. */
    private record Subject(String name, List<ServerProcess> servers, List<Long> helpers) {

        double serverSeconds() {
            return servers.stream().mapToDouble(server -> cpuSeconds(server.process().pid())).sum();
        }

        double helperSeconds() {
            return helpers.stream().mapToDouble(EdgesLoad::cpuSeconds).sum();
        }

        Seen seen() {
            List<StreamLoad> loads = new ArrayList<>();
            try (OpenResources watching = new OpenResources()) {
                servers.forEach(server -> loads.add(watching.add(StreamLoad.connect(server, VIEWERS / servers.size()))));
                Await.pause(SETTLE.toNanos());
                double servedBefore = serverSeconds();
                double helpedBefore = helperSeconds();
                loads.forEach(StreamLoad::take);
                Await.pause(Duration.ofSeconds(SECONDS).toNanos());
                List<StreamLoad.Taken> taken = loads.stream().map(StreamLoad::take).toList();
                double served = serverSeconds() - servedBefore;
                double helped = helperSeconds() - helpedBefore;
                if (taken.stream().anyMatch(one -> one.closedConnections() > 0)) {
                    throw new AssertionError("viewers were cut");
                }
                long messages = taken.stream().mapToLong(one -> one.agesNanos().length).sum();
                return new Seen(served * MICROS_PER_SECOND / messages, helped * MICROS_PER_SECOND / messages,
                        (double) messages / SECONDS / VIEWERS, taken.stream().mapToDouble(one -> one.ageMillis(0.5)).max().orElseThrow());
            }
        }
    }

    /** One measurement; processor time in µs per delivered frame. */
    private record Seen(double serversMicros, double helpersMicros, double framesPerSecond, double p50Millis) {

        double micros() {
            return serversMicros + helpersMicros;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.2f µs per frame (%.2f of them origin and nats-server), %.1f frames/s each, p50 %.1f ms",
                    micros(), helpersMicros, framesPerSecond, p50Millis);
        }
    }

    private static double cpuSeconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The name, in parentheses, may contain anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS])) / TICKS_PER_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] arguments) {
        try (OpenResources opened = new OpenResources()) {
            Subject alone = new Subject("one server", List.of(start(opened, region(opened))), List.of());
            Subject spread = spread(opened);
            List<Seen> ofAlone = new ArrayList<>();
            List<Seen> ofSpread = new ArrayList<>();
            for (int round = 0; round <= ROUNDS; round++) {
                Seen first = alone.seen();
                Seen second = spread.seen();
                if (round > 0) { // the first is for the compilers
                    ofAlone.add(first);
                    ofSpread.add(second);
                    System.out.printf(Locale.ROOT, "%d: %s: %s; %s: %s%n", round, alone.name, first, spread.name, second);
                }
            }
            double aloneMicros = median(ofAlone, Seen::micros);
            double spreadMicros = median(ofSpread, Seen::micros);
            System.out.printf(Locale.ROOT, "%d viewers, medians of %d rounds: %s %.2f µs, %s %.2f µs per delivered frame"
                    + " (%.2f of them origin and nats-server): ratio %.2f%n", VIEWERS, ROUNDS, alone.name, aloneMicros, spread.name,
                    spreadMicros, median(ofSpread, Seen::helpersMicros), spreadMicros / aloneMicros);
        }
    }

    private static Path region(OpenResources opened) {
        TempRegion region = opened.add(TempRegion.create());
        opened.add(SteadyVideo.start(RegionWriter.open(region.path()), Duration.ofSeconds(1).dividedBy(FPS), FRAME_BYTES, GROUP));
        return region.path();
    }

    private static ServerProcess start(OpenResources opened, Path region, String... more) {
        ServerProcess.Builder builder = ServerProcess.builder().set("SDR_STREAMS", "front=shm:" + region).set("SDR_MAX_CLIENTS", "0");
        for (int i = 0; i < more.length; i += 2) {
            builder.set(more[i], more[i + 1]);
        }
        return opened.add(builder.start());
    }

    private static Subject spread(OpenResources opened) {
        NatsProcess nats = opened.add(NatsProcess.start());
        ServerProcess origin = start(opened, region(opened), "SDR_RELAY_PUBLISH", "*", "SDR_RELAY_NATS_URL", nats.url());
        List<ServerProcess> edges = IntStream.range(0, EDGES).mapToObj(edge -> opened.add(ServerProcess.builder()
                .set("SDR_STREAMS", "front=nats:").set("SDR_RELAY_NATS_URL", nats.url()).set("SDR_MAX_CLIENTS", "0").start())).toList();
        Await.until("the edges are ready", Deadlines.START,
                () -> edges.stream().allMatch(edge -> edge.http().get("/ready").statusCode() == 200));
        return new Subject(EDGES + " edges", edges, Stream.of(origin.process().pid(), nats.pid()).toList());
    }

    private static double median(List<Seen> rounds, ToDoubleFunction<Seen> value) {
        return rounds.stream().mapToDouble(value).sorted().skip(rounds.size() / 2).findFirst().orElseThrow();
    }
}
