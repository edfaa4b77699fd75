package io.sdros.it.load;

import io.sdros.it.support.Await;
import io.sdros.it.support.Metrics;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A program: what does a message cost a server whose viewers speak sdr.2 in part? One server with default settings; by turns all
 * viewers speak the old protocol, a part of them is sent frame times and says nothing, and that part sends feedback and asks for
 * the time, too. Prints the medians of the server's processor time per video message delivered, and of their ratios within a round.
 *
 * <p>System properties {@code load.viewers}, {@code load.share} (of viewers that speak sdr.2, 0 to 1), {@code load.frame} (bytes),
 * {@code load.fps}, {@code load.rounds}, {@code load.seconds} (of each measurement).
 */
final class ProtocolsLoad {

    private static final int VIEWERS = Integer.getInteger("load.viewers", 1000);
    private static final double SHARE = Double.parseDouble(System.getProperty("load.share", "0.5"));
    private static final int FRAME_BYTES = Integer.getInteger("load.frame", 3_000);
    private static final int FPS = Integer.getInteger("load.fps", 30);
    private static final int ROUNDS = Integer.getInteger("load.rounds", 5);
    private static final int SECONDS = Integer.getInteger("load.seconds", 8);

    private static final int GROUP = 30;
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final double MICROS_PER_SECOND = 1e6;

    private enum Mix {
        OLD("all old"),
        TIMES("a part with frame times"),
        FEEDBACK("that part with feedback and clock, too");

        private final String label;

        Mix(String label) {
            this.label = label;
        }

        StreamLoad connect(ServerProcess server) {
            return StreamLoad.mixed(server, VIEWERS, this == OLD ? 0 : SHARE, this == FEEDBACK);
        }
    }

    private record Seen(double cpuMicrosPerMessage, double messagesPerSecond, double feedbackPerSecond) {
    }

    private ProtocolsLoad() {
    }

    public static void main(String[] arguments) {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            RegionWriter writer = RegionWriter.open(region.path());
            ServerProcess server = opened.add(ServerProcess.builder().region(region).start());
            server.http().awaitAttached();
            opened.add(SteadyVideo.start(writer, Duration.ofSeconds(1).dividedBy(FPS), FRAME_BYTES, GROUP));
            Map<Mix, List<Seen>> all = new EnumMap<>(Mix.class);
            for (int round = 0; round <= ROUNDS; round++) {
                for (int turn = 0; turn < Mix.values().length; turn++) {
                    Mix mix = Mix.values()[(round + turn) % Mix.values().length];
                    Seen seen = seen(server, mix);
                    if (round > 0) { // the first is for the compilers
                        all.computeIfAbsent(mix, none -> new ArrayList<>()).add(seen);
                        System.err.printf(Locale.ROOT, "round %d, %s: %.2f µs of %.0f/s%n", round, mix.label, seen.cpuMicrosPerMessage,
                                seen.messagesPerSecond);
                    }
                }
            }
            print(all);
        }
    }

    private static Seen seen(ServerProcess server, Mix mix) {
        try (StreamLoad load = mix.connect(server)) {
            Await.pause(SETTLE.toNanos());
            Metrics before = server.http().metrics();
            load.take();
            long fromNanos = System.nanoTime();
            Await.pause(Duration.ofSeconds(SECONDS).toNanos());
            StreamLoad.Taken taken = load.take();
            Metrics after = server.http().metrics();
            double seconds = (System.nanoTime() - fromNanos) / 1e9;
            if (taken.closedConnections() > 0) {
                throw new AssertionError(taken.closedConnections() + " of " + VIEWERS + " viewers were cut");
            }
            double cpu = after.samples().get("process_cpu_seconds_total") - before.samples().get("process_cpu_seconds_total");
            return new Seen(cpu * MICROS_PER_SECOND / taken.agesNanos().length, taken.agesNanos().length / seconds,
                    (after.sum("sdr_feedback_total") - before.sum("sdr_feedback_total")) / seconds);
        }
    }

    private static void print(Map<Mix, List<Seen>> all) {
        System.out.println("| viewers | CPU, µs per message | against all old, least to most | messages/s | feedback/s |\n"
                + "|---|---:|---:|---:|---:|");
        List<Seen> old = all.get(Mix.OLD);
        all.forEach((mix, rounds) -> {
            double[] ratios = new double[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                ratios[i] = rounds.get(i).cpuMicrosPerMessage / old.get(i).cpuMicrosPerMessage;
            }
            double[] sorted = Arrays.stream(ratios).sorted().toArray();
            System.out.printf(Locale.ROOT, "| %s | %.2f | %.3f, %.3f to %.3f | %.0f | %.0f |%n", mix.label,
                    median(rounds.stream().mapToDouble(Seen::cpuMicrosPerMessage).toArray()), median(ratios), sorted[0], sorted[ROUNDS - 1],
                    median(rounds.stream().mapToDouble(Seen::messagesPerSecond).toArray()),
                    median(rounds.stream().mapToDouble(Seen::feedbackPerSecond).toArray()));
        });
    }

    private static double median(double[] values) {
        return Arrays.stream(values).sorted().skip(values.length / 2).findFirst().orElseThrow();
    }
}
