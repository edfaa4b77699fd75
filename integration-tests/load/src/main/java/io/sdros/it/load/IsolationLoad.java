package io.sdros.it.load;

import io.sdros.it.support.Await;
import io.sdros.it.support.Crowd;
import io.sdros.it.support.CrowdViewer;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.ServerResources;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A program: what do viewers that read nothing do to the others, and what do they cost? The same server and the same
 * healthy viewers, in turns alone and beside stalled ones; prints the age of video at the healthy ones, what the server
 * holds, and the medians over all rounds. All settings are the defaults but for
 * a stall timeout that is longer than what is measured; after each round the stalled ones are cut.
 *
 * <p>System properties {@code load.healthy}, {@code load.stalled}, {@code load.frame} (bytes), {@code load.fps}, {@code
 * load.rounds}, {@code load.seconds} (of each half of a round, at most 10).
 */
final class IsolationLoad {

    private static final int HEALTHY = Integer.getInteger("load.healthy", 450);
    private static final int STALLED = Integer.getInteger("load.stalled", 50);
    private static final int FRAME_BYTES = Integer.getInteger("load.frame", 3_000);
    private static final int FPS = Integer.getInteger("load.fps", 30);
    private static final int ROUNDS = Integer.getInteger("load.rounds", 5);
    private static final int SECONDS = Integer.getInteger("load.seconds", 5);

    private static final int GROUP = 30;
    private static final int STALLED_RECEIVE_BUFFER_BYTES = 16 * 1024;
    private static final String STALL_TIMEOUT_MILLIS = "17000";
    private static final Duration SETTLE = Duration.ofSeconds(1);
    private static final Duration FILLING = Duration.ofSeconds(60);
    private static final String OVERFLOW = "sdr_frames_dropped_total{reason=\"overflow\",}";
    private static final String CUT = "sdr_clients_closed_total{reason=\"stalled\",}";

    private final ServerProcess server;
    private final StreamLoad healthy;
    private final Crowd crowd;

    private IsolationLoad(ServerProcess server, StreamLoad healthy, Crowd crowd) {
        this.server = server;
        this.healthy = healthy;
        this.crowd = crowd;
    }

    /** One half of a round. */
    private record Half(double p50, double p99, int video, double cpu, ServerResources resources) {

        String line(String name) {
            return String.format(Locale.ROOT, "%-8s p50 %6.2f p99 %6.2f ms, %d messages, server CPU %.0f %%, %s", name, p50,
                    p99, video, 100 * cpu, resources);
        }
    }

    public static void main(String[] arguments) {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            RegionWriter writer = RegionWriter.open(region.path());
            ServerProcess server = opened.add(ServerProcess.builder().region(region)
                    .set("SDR_STALL_TIMEOUT_MS", STALL_TIMEOUT_MILLIS).start());
            server.http().awaitAttached();
            opened.add(SteadyVideo.start(writer, Duration.ofSeconds(1).dividedBy(FPS), FRAME_BYTES, GROUP));
            new IsolationLoad(server, opened.add(StreamLoad.connect(server, HEALTHY)), opened.add(Crowd.of(server))).run();
        }
    }

    private void run() {
        List<Half> without = new ArrayList<>();
        List<Half> with = new ArrayList<>();
        for (int round = 0; round <= ROUNDS; round++) {
            Half alone = half();
            double overflowBefore = metric(OVERFLOW);
            double cutBefore = metric(CUT);
            List<CrowdViewer> stalled = crowd.joinAll(STALLED, STALLED_RECEIVE_BUFFER_BYTES);
            stalled.forEach(CrowdViewer::stopReading);
            Await.until("the stalled ones' queues overflow", FILLING, () -> metric(OVERFLOW) - overflowBefore >= STALLED);
            Half beside = half();
            if (metric(CUT) > cutBefore) {
                throw new AssertionError("the half was longer than the stall timeout allows");
            }
            System.out.println(alone.line("alone") + "\n" + beside.line("beside"));
            if (round > 0) { // the first is for the compilers
                without.add(alone);
                with.add(beside);
            }
            Await.until("all are cut", FILLING, () -> metric(CUT) - cutBefore == STALLED);
            stalled.forEach(viewer -> viewer.leave(CrowdViewer.Departure.SILENT));
        }
        System.out.printf(Locale.ROOT, "medians of %d rounds: p99 %.2f ms alone, %.2f ms beside %d stalled: x %.2f;"
                        + " p50 %.2f, %.2f ms; heap %.1f, %.1f MB%n", ROUNDS, median(without, Half::p99),
                median(with, Half::p99), STALLED, median(with, Half::p99) / median(without, Half::p99),
                median(without, Half::p50), median(with, Half::p50),
                median(without, half -> half.resources.heapBytes() / 1e6), median(with, half -> half.resources.heapBytes() / 1e6));
    }

    private Half half() {
        Await.pause(SETTLE.toNanos());
        double cpuBefore = metric("process_cpu_seconds_total");
        healthy.take();
        Await.pause(Duration.ofSeconds(SECONDS).toNanos());
        StreamLoad.Taken taken = healthy.take();
        double cpu = (metric("process_cpu_seconds_total") - cpuBefore) / SECONDS;
        if (taken.closedConnections() > 0) {
            throw new AssertionError(taken.closedConnections() + " healthy viewers were cut");
        }
        return new Half(taken.ageMillis(0.5), taken.ageMillis(0.99), taken.agesNanos().length, cpu,
                ServerResources.of(server));
    }

    private double metric(String sample) {
        return server.http().metrics().samples().get(sample);
    }

    private static double median(List<Half> halves, ToDoubleFunction<Half> value) {
        return halves.stream().mapToDouble(value).sorted().skip(halves.size() / 2).findFirst().orElseThrow();
    }
}
