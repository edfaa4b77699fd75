package io.sdros.it.load;

import io.sdros.it.support.Arrivals;
import io.sdros.it.support.Arrivals.Arrival;
import io.sdros.it.support.Await;
import io.sdros.it.support.BusyWork;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Metrics;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RobotCamera;
import io.sdros.it.support.RobotCamera.Producer;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A program: how many frames a viewer misses, and how long he sees nothing new, while the machine is busy with something
 * else. Beside each load runs each of the example producers, with a history and without; the server, the producer and
 * the viewer get their share of the processor like everything else.
 *
 * <p>System properties {@code busy.loads} (numbers of busy loops, and {@code builds}), {@code busy.producers} ({@code c},
 * {@code python}), {@code busy.histories} ({@code true,false}), {@code busy.seconds} (measured, of each), and {@code
 * busy.server} (the words before the server's command, such as {@code nice -n -5}).
 */
final class BusyMachine {

    private static final String LOADS = System.getProperty("busy.loads", "0,2,4,8,16,32,builds");
    private static final String PRODUCERS = System.getProperty("busy.producers", "c,python");
    private static final String HISTORIES = System.getProperty("busy.histories", "true,false");
    private static final String SERVER_BEHIND = System.getProperty("busy.server", "");
    private static final int SECONDS = Integer.getInteger("busy.seconds", 20);
    /** Before what is measured: the server's code is compiled, and the load has begun. */
    private static final int BEFORE_SECONDS = 5;
    private static final int CAMERA_SECONDS = SECONDS + BEFORE_SECONDS + 10;

    private BusyMachine() {
    }

    public static void main(String[] arguments) {
        System.out.println("load     producer history frames lost/slot missed longest ms (without the producer's own) age p50 p99 ms");
        for (String load : LOADS.split(",")) {
            for (String producer : PRODUCERS.split(",")) {
                for (String history : HISTORIES.split(",")) {
                    System.out.printf("%-8s %-8s %-7s %s%n", load, producer, history,
                            measured(load, Producer.valueOf(producer.toUpperCase(Locale.ROOT)), Boolean.parseBoolean(history)));
                }
            }
        }
    }

    private static String measured(String load, Producer producer, boolean history) {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            List<String> command = new ArrayList<>(
                    SERVER_BEHIND.isEmpty() ? List.of() : List.of(SERVER_BEHIND.split(" ")));
            command.addAll(ServerProcess.jarCommand());
            ServerProcess server = opened.add(ServerProcess.builder().region(region).command(command).start());
            ChildProcess camera = opened.add(RobotCamera.start(producer, region, history, CAMERA_SECONDS));
            Arrivals viewer = opened.add(Arrivals.at(server));
            opened.add(load.equals("builds") ? BusyWork.builds() : BusyWork.loops(Integer.parseInt(load)));
            Await.pause(Duration.ofSeconds(BEFORE_SECONDS).toNanos());
            int first = viewer.all().size();
            double lostBefore = lost(server);
            Await.pause(Duration.ofSeconds(SECONDS).toNanos());
            List<Arrival> arrivals = viewer.all();
            double lost = lost(server) - lostBefore;
            if (!camera.isAlive()) {
                throw new AssertionError("the camera has ended: " + camera.output());
            }
            return describe(arrivals.subList(first, arrivals.size()), lost);
        }
    }

    private static double lost(ServerProcess server) {
        Metrics metrics = server.http().metrics();
        return metrics.sum("sdr_frames_lost_total");
    }

    private static String describe(List<Arrival> seen, double lost) {
        long frames = seen.get(seen.size() - 1).frameSeq() - seen.get(0).frameSeq() + 1;
        long[] gaps = IntStream.range(1, seen.size())
                .mapToLong(i -> seen.get(i).takenNanos() - seen.get(i - 1).takenNanos()).toArray();
        // What the producer was late itself: it was not run, and nobody can show what was not written.
        long[] without = IntStream.range(1, seen.size())
                .mapToLong(i -> gaps[i - 1] - Math.max(0, seen.get(i).writtenNanos() - seen.get(i - 1).writtenNanos()
                        - Duration.ofSeconds(1).toNanos() / RobotCamera.FRAMES_PER_SECOND)).toArray();
        long[] ages = seen.stream().mapToLong(arrival -> arrival.takenNanos() - arrival.writtenNanos()).sorted().toArray();
        return String.format(Locale.ROOT, "%6d %9.0f %6d %10.0f (%.0f) %32.1f %.1f", frames, lost, frames - seen.size(),
                Arrays.stream(gaps).max().orElse(0) / 1e6, Arrays.stream(without).max().orElse(0) / 1e6,
                ages[ages.length / 2] / 1e6, ages[ages.length * 99 / 100] / 1e6);
    }
}
