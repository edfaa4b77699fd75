package io.sdros.it.load;

import io.sdros.it.support.Arrivals;
import io.sdros.it.support.Arrivals.Arrival;
import io.sdros.it.support.Await;
import io.sdros.it.support.BusyWork;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RobotCamera;
import io.sdros.it.support.RobotCamera.Producer;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A program: how many frames a viewer misses, and how long he sees nothing new, while the machine is busy with something
 * else. Beside each load runs each of our writers, with a history and as an old one without; the server, the writer and
 * the viewer get their share of the processor like everything else. Prints the table of the docs, both kinds of writers in
 * one cell.
 *
 * <p>System properties {@code busy.loads} (numbers of busy loops, and {@code builds}), {@code busy.writers} ({@code c},
 * {@code python}, {@code java}), {@code busy.histories} ({@code true,false}: with one, without), {@code busy.seconds}
 * (measured, of each), and {@code busy.server}: words before the server's command, such as {@code nice -n -10}; then each
 * row comes twice, without and with them.
 */
final class BusyMachine {

    private static final String LOADS = System.getProperty("busy.loads", "0,2,4,8,16,32,builds");
    private static final String WRITERS = System.getProperty("busy.writers", "c,python,java");
    private static final String HISTORIES = System.getProperty("busy.histories", "true,false");
    private static final String SERVER_BEHIND = System.getProperty("busy.server", "");
    private static final int SECONDS = Integer.getInteger("busy.seconds", 20);
    /** Before what is measured: the server's code is compiled, and the load has begun. */
    private static final int BEFORE_SECONDS = 5;
    private static final int CAMERA_SECONDS = SECONDS + BEFORE_SECONDS + 10;
    private static final int HISTORY_BYTES = 8 * 1024 * 1024;

    /**
     * What one run came to.
     *
     * @param lost        frames gone from the slot before the server read them
     * @param missed      by the viewer, those included
     * @param longest     milliseconds between two frames at the viewer
     * @param longestLess the same less the time by which the writer was late itself: it was not run, and nobody can show
     *                    what was not written
     * @param ageP50      milliseconds
     * @param ageP99      milliseconds
     */
    private record Measured(long frames, long lost, long missed, double longest, double longestLess, double ageP50,
            double ageP99) {
    }

    private BusyMachine() {
    }

    public static void main(String[] arguments) {
        System.out.printf("%s, %d s each, history = %s%n%n", System.getProperty("java.version"), SECONDS, HISTORIES);
        System.out.println("| beside it | writer | server | frames written | missed | lost in the slot"
                + " | longest time without a frame, ms | the same less the writer's own lateness, ms | age p50, ms | age p99, ms |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        List<String> servers = SERVER_BEHIND.isEmpty() ? List.of("") : List.of("", SERVER_BEHIND);
        for (String load : LOADS.split(",")) {
            for (String writer : WRITERS.split(",")) {
                for (String server : servers) {
                    List<Measured> runs = Arrays.stream(HISTORIES.split(","))
                            .map(history -> measured(load, writer, Boolean.parseBoolean(history), server)).toList();
                    System.out.println(row(load, writer, server, runs));
                }
            }
        }
    }

    private static Measured measured(String load, String writer, boolean history, String serverBehind) {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            List<String> command = new ArrayList<>(
                    serverBehind.isEmpty() ? List.of() : List.of(serverBehind.split(" ")));
            command.addAll(ServerProcess.jarCommand());
            ServerProcess server = opened.add(ServerProcess.builder().region(region).command(command).start());
            ChildProcess camera = opened.add(camera(writer, region, history));
            Arrivals viewer = opened.add(Arrivals.at(server));
            opened.add(load.equals("builds") ? BusyWork.builds() : BusyWork.loops(Integer.parseInt(load)));
            Await.pause(Duration.ofSeconds(BEFORE_SECONDS).toNanos());
            int first = viewer.all().size();
            long lostBefore = lost(server);
            Await.pause(Duration.ofSeconds(SECONDS).toNanos());
            List<Arrival> arrivals = viewer.all();
            long lost = lost(server) - lostBefore;
            if (!camera.isAlive()) {
                throw new AssertionError("the camera has ended: " + camera.output());
            }
            return of(arrivals.subList(first, arrivals.size()), lost);
        }
    }

    private static ChildProcess camera(String writer, TempRegion region, boolean history) {
        if (!writer.equals("java")) {
            return RobotCamera.start(Producer.valueOf(writer.toUpperCase(Locale.ROOT)), region, history, CAMERA_SECONDS);
        }
        return RobotCamera.start(List.of(Tool.java(), "-cp", System.getProperty("java.class.path"), JavaCamera.class.getName(),
                region.path().toString(), Integer.toString(history ? HISTORY_BYTES : 0),
                Integer.toString(RobotCamera.FRAMES_PER_SECOND)), CAMERA_SECONDS);
    }

    private static long lost(ServerProcess server) {
        return (long) server.http().metrics().sum("sdr_frames_lost_total");
    }

    private static Measured of(List<Arrival> seen, long lost) {
        long frames = seen.get(seen.size() - 1).frameSeq() - seen.get(0).frameSeq() + 1;
        long[] gaps = IntStream.range(1, seen.size())
                .mapToLong(i -> seen.get(i).takenNanos() - seen.get(i - 1).takenNanos()).toArray();
        long[] less = IntStream.range(1, seen.size())
                .mapToLong(i -> gaps[i - 1] - Math.max(0, seen.get(i).writtenNanos() - seen.get(i - 1).writtenNanos()
                        - Duration.ofSeconds(1).toNanos() / RobotCamera.FRAMES_PER_SECOND)).toArray();
        long[] ages = seen.stream().mapToLong(arrival -> arrival.takenNanos() - arrival.writtenNanos()).sorted().toArray();
        return new Measured(frames, lost, frames - seen.size(), Arrays.stream(gaps).max().orElse(0) / 1e6,
                Arrays.stream(less).max().orElse(0) / 1e6, ages[ages.length / 2] / 1e6, ages[ages.length * 99 / 100] / 1e6);
    }

    private static String row(String load, String writer, String server, List<Measured> runs) {
        String beside = switch (load) {
            case "0" -> "nothing";
            case "builds" -> load;
            default -> load + " busy loops";
        };
        return "| " + String.join(" | ", beside, writer, server.isEmpty() ? "as it is" : "`" + server + "`",
                cell(runs, run -> Long.toString(run.frames)), cell(runs, run -> Long.toString(run.missed)),
                cell(runs, run -> Long.toString(run.lost)), cell(runs, run -> millis(run.longest)),
                cell(runs, run -> millis(run.longestLess)), cell(runs, run -> millis(run.ageP50)),
                cell(runs, run -> millis(run.ageP99))) + " |";
    }

    private static String cell(List<Measured> runs, Function<Measured, String> figure) {
        return runs.stream().map(figure).collect(Collectors.joining(" / "));
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, millis < 10 ? "%.1f" : "%.0f", millis);
    }
}
