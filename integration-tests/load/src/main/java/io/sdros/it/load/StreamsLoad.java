package io.sdros.it.load;

import io.sdros.it.support.Await;
import io.sdros.it.support.Crowd;
import io.sdros.it.support.CrowdViewer;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A program: what do several streams of one server cost, and what does one do to another? System property {@code load.measure}
 * says which of these; servers that are compared run side by side, and medians over all rounds are printed.
 *
 * <ul>
 * <li>{@code idle}: processor time of servers of 1, 8 and 16 streams without a viewer, all in the same seconds.
 * <li>{@code viewers}: 1 stream with 1000 viewers, 8 with 125 each, and 1 with 125 and eight times the frames, in turns: age of
 * frames, processor time per message, and what each kind of thread took of it. The last has the messages of the second one, and
 * as many frames, but one reader.
 * <li>{@code readers}: servers of 1 and 16 streams with a viewer each, which run side by side: the threads' work.
 * <li>{@code neighbour}: one stream's viewers while the other stream is well, while its producer writes garbage, and while
 * its own viewers have stopped reading.
 * </ul>
 *
 * <p>Others: {@code load.frame} (bytes), {@code load.fps}, {@code load.rounds}, {@code load.seconds} (of each measurement),
 * {@code load.viewers} (of all streams together), {@code load.stalled}, {@code load.bell} (whether producers ring), {@code
 * load.phases} ({@code spread}: the producers of a server take turns; {@code together}: all write at the same time).
 */
final class StreamsLoad {

    private static final String MEASURE = System.getProperty("load.measure", "idle");
    private static final int FRAME_BYTES = Integer.getInteger("load.frame", 3_000);
    private static final int FPS = Integer.getInteger("load.fps", 30);
    private static final int ROUNDS = Integer.getInteger("load.rounds", 5);
    private static final int SECONDS = Integer.getInteger("load.seconds", 5);
    private static final int VIEWERS = Integer.getInteger("load.viewers", 1000);
    private static final int STALLED = Integer.getInteger("load.stalled", 50);
    private static final boolean BELL = Boolean.getBoolean("load.bell");
    private static final boolean TOGETHER = System.getProperty("load.phases", "spread").equals("together");

    private static final int SEVERAL = 8;
    private static final int MANY = 16;
    private static final int STALLED_RECEIVE_BUFFER_BYTES = 16 * 1024;
    private static final int GARBAGE_BYTES = 4096;
    private static final Duration GARBAGE_INTERVAL = Duration.ofMillis(1);
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final Duration FILLING = Duration.ofSeconds(60);
    private static final double MICROS_PER_SECOND = 1e6;

    private StreamsLoad() {
    }

    /** One measurement. */
    private record Seen(double p50Millis, double p99Millis, double cpuMicrosPerMessage, double messagesPerSecond, String threads) {

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "p50 %.2f p99 %.2f ms, %.2f µs per message, %.0f messages/s", p50Millis, p99Millis,
                    cpuMicrosPerMessage, messagesPerSecond);
        }
    }

    /** A server with streams s0, s1, …, each with a producer of its own. */
    private record Subject(ServerProcess server, List<Path> regions, int streams, int fps) {

        static Subject start(OpenResources opened, int streams) {
            return start(opened, streams, FPS);
        }

        static Subject start(OpenResources opened, int streams, int fps) {
            List<Path> regions = IntStream.range(0, streams).mapToObj(i -> opened.add(TempRegion.create()).path()).toList();
            long intervalNanos = Duration.ofSeconds(1).toNanos() / fps;
            long firstNanos = System.nanoTime() + intervalNanos;
            for (int i = 0; i < streams; i++) {
                long laterNanos = TOGETHER ? 0 : i * intervalNanos / streams;
                opened.add(GridCamera.start(regions.get(i), BELL, fps, FRAME_BYTES, firstNanos + laterNanos));
            }
            String list = IntStream.range(0, streams).mapToObj(i -> "s" + i + "=shm:" + regions.get(i)).collect(Collectors.joining(","));
            ServerProcess server = opened.add(ServerProcess.builder().set("SDR_STREAMS", list).set("SDR_MAX_CLIENTS", "0")
                    .set("SDR_STALL_TIMEOUT_MS", "3600000").start());
            Await.until("all streams are live", Deadlines.START, () -> server.http().get("/ready").statusCode() == 200);
            return new Subject(server, regions, streams, fps);
        }

        @Override
        public String toString() {
            return streams + (streams == 1 ? " stream of " : " streams of ") + fps + " fps";
        }

        ThreadWork work() {
            return ThreadWork.of(server.process().pid());
        }

        List<String> paths() {
            return IntStream.range(0, streams).mapToObj(Subject::path).toList();
        }

        static String path(int stream) {
            return "/streams/s" + stream + "/ws";
        }

        double cpuSeconds() {
            return server.http().metrics().samples().get("process_cpu_seconds_total");
        }

        long threads() {
            return server.http().metrics().samples().get("jvm_threads_current").longValue();
        }

        double sum(String name) {
            return server.http().metrics().sum(name);
        }

        Seen seen(StreamLoad load) {
            Await.pause(SETTLE.toNanos());
            double before = cpuSeconds();
            ThreadWork workBefore = work();
            load.take();
            Await.pause(Duration.ofSeconds(SECONDS).toNanos());
            StreamLoad.Taken taken = load.take();
            ThreadWork workAfter = work();
            double cpu = cpuSeconds() - before;
            if (taken.closedConnections() > 0) {
                throw new AssertionError(taken.closedConnections() + " viewers were cut");
            }
            return new Seen(taken.ageMillis(0.5), taken.ageMillis(0.99), cpu * MICROS_PER_SECOND / taken.agesNanos().length,
                    taken.agesNanos().length / (double) SECONDS, workAfter.since(workBefore));
        }
    }

    public static void main(String[] arguments) {
        try (OpenResources opened = new OpenResources()) {
            switch (MEASURE) {
                case "idle" -> idle(opened);
                case "viewers" -> viewers(opened);
                case "readers" -> readers(opened);
                case "neighbour" -> neighbour(opened);
                default -> throw new IllegalArgumentException("load.measure is idle, viewers, readers or neighbour, not " + MEASURE);
            }
        }
    }

    private static void idle(OpenResources opened) {
        List<Subject> subjects = IntStream.of(1, SEVERAL, MANY).mapToObj(streams -> Subject.start(opened, streams)).toList();
        Map<Integer, List<Double>> shares = new LinkedHashMap<>();
        for (int round = 0; round <= ROUNDS; round++) {
            List<Double> before = subjects.stream().map(Subject::cpuSeconds).toList();
            Await.pause(Duration.ofSeconds(SECONDS).toNanos());
            for (int i = 0; i < subjects.size(); i++) {
                double percent = 100 * (subjects.get(i).cpuSeconds() - before.get(i)) / SECONDS;
                if (round > 0) { // the first is for the compilers
                    shares.computeIfAbsent(subjects.get(i).streams, streams -> new ArrayList<>()).add(percent);
                }
            }
        }
        for (Subject subject : subjects) {
            System.out.printf(Locale.ROOT, "%d streams without a viewer: %.2f %% of a core (median of %d rounds), %d threads%n",
                    subject.streams, median(shares.get(subject.streams), Double::doubleValue), ROUNDS, subject.threads());
        }
    }

    private static void viewers(OpenResources opened) {
        Map<Subject, List<Seen>> all = new LinkedHashMap<>();
        List.of(Subject.start(opened, 1), Subject.start(opened, SEVERAL), Subject.start(opened, 1, SEVERAL * FPS))
                .forEach(subject -> all.put(subject, new ArrayList<>()));
        for (int round = 0; round <= ROUNDS; round++) {
            for (Map.Entry<Subject, List<Seen>> each : all.entrySet()) {
                Subject subject = each.getKey();
                int viewersEach = VIEWERS * FPS / (subject.streams * subject.fps);
                try (StreamLoad load = StreamLoad.connect(subject.server, subject.paths(), viewersEach)) {
                    Seen seen = subject.seen(load);
                    System.out.printf(Locale.ROOT, "%s, %d viewers each: %s; %s%n", subject, viewersEach, seen, seen.threads);
                    if (round > 0) { // the first is for the compilers
                        each.getValue().add(seen);
                    }
                }
            }
        }
        all.forEach((subject, seen) -> System.out.printf(Locale.ROOT, "medians of %d rounds, %s: %s%n", ROUNDS, subject, medians(seen)));
    }

    private static void readers(OpenResources opened) {
        List<Subject> subjects = IntStream.of(1, MANY).mapToObj(streams -> Subject.start(opened, streams)).toList();
        List<StreamLoad> loads = subjects.stream()
                .map(subject -> opened.add(StreamLoad.connect(subject.server, subject.paths(), 1))).toList();
        Map<Subject, List<Seen>> all = new LinkedHashMap<>();
        for (int round = 0; round <= ROUNDS; round++) {
            for (int i = 0; i < subjects.size(); i++) {
                Seen seen = subjects.get(i).seen(loads.get(i));
                System.out.printf(Locale.ROOT, "%s, a viewer each: %s; %s%n", subjects.get(i), seen, seen.threads);
                if (round > 0) {
                    all.computeIfAbsent(subjects.get(i), subject -> new ArrayList<>()).add(seen);
                }
            }
        }
        all.forEach((subject, seen) -> System.out.printf(Locale.ROOT, "medians of %d rounds, %s: %s%n", ROUNDS, subject, medians(seen)));
    }

    private static void neighbour(OpenResources opened) {
        Subject subject = Subject.start(opened, 2);
        StreamLoad load = opened.add(StreamLoad.connect(subject.server, List.of(Subject.path(1)), VIEWERS));
        Crowd crowd = opened.add(Crowd.of(subject.server)); // of the first stream
        Map<String, List<Seen>> all = new LinkedHashMap<>();
        for (int round = 0; round <= ROUNDS; round++) {
            note(all, round, "well", subject.seen(load));
            List<CrowdViewer> watching = crowd.joinAll(1, CrowdViewer.KERNELS_CHOICE);
            try (Garbage garbage = new Garbage(subject.regions.get(0))) {
                note(all, round, "garbage", subject.seen(load));
                garbage.check();
            }
            watching.forEach(viewer -> viewer.leave(CrowdViewer.Departure.SILENT));
            double before = subject.sum("sdr_frames_dropped_total");
            List<CrowdViewer> stalled = crowd.joinAll(STALLED, STALLED_RECEIVE_BUFFER_BYTES);
            stalled.forEach(CrowdViewer::stopReading);
            Await.until("the stalled ones' queues overflow", FILLING,
                    () -> subject.sum("sdr_frames_dropped_total") - before >= STALLED);
            note(all, round, "stalled", subject.seen(load));
            stalled.forEach(viewer -> viewer.leave(CrowdViewer.Departure.SILENT));
        }
        all.forEach((what, seen) -> System.out.printf(Locale.ROOT, "medians of %d rounds, %d viewers, the other stream's %s: %s%n",
                ROUNDS, VIEWERS, what, medians(seen)));
    }

    private static void note(Map<String, List<Seen>> all, int round, String what, Seen seen) {
        System.out.printf(Locale.ROOT, "%-8s %s%n", what, seen);
        if (round > 0) {
            all.computeIfAbsent(what, name -> new ArrayList<>()).add(seen);
        }
    }

    private static Seen medians(List<Seen> rounds) {
        return new Seen(median(rounds, Seen::p50Millis), median(rounds, Seen::p99Millis), median(rounds, Seen::cpuMicrosPerMessage),
                median(rounds, Seen::messagesPerSecond), "");
    }

    private static <T> double median(List<T> rounds, ToDoubleFunction<T> value) {
        return rounds.stream().mapToDouble(value).sorted().skip(rounds.size() / 2).findFirst().orElseThrow();
    }

    /** Writes random bytes over a region's head and first payload bytes, a thousand times a second, beside its producer. */
    private static final class Garbage implements AutoCloseable {
        private final Path region;
        private final Thread thread = new Thread(this::run, "garbage");
        private volatile boolean stopped;
        private final AtomicLong written = new AtomicLong();

        Garbage(Path region) {
            this.region = region;
            thread.setDaemon(true);
            thread.start();
        }

        private void run() {
            Random random = new Random(1);
            byte[] bytes = new byte[GARBAGE_BYTES];
            try (FileChannel channel = FileChannel.open(region, StandardOpenOption.WRITE)) {
                while (!stopped) {
                    random.nextBytes(bytes);
                    channel.write(ByteBuffer.wrap(bytes), 0);
                    written.incrementAndGet();
                    Await.pause(GARBAGE_INTERVAL.toNanos());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void check() {
            if (written.get() == 0) {
                throw new AssertionError("no garbage was written");
            }
        }

        @Override
        public void close() {
            stopped = true;
            try {
                thread.join(Deadlines.SOON.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
