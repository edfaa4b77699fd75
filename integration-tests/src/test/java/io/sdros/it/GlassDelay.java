package io.sdros.it;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * A program: how long a frame takes from its commit into the region until the player's canvas shows it, in a real
 * browser on the same machine. The picture's number is read from the pixels of the canvas, each time the page has an
 * animation frame; what happens after that (the browser's compositor, the screen) is not seen.
 *
 * <p>System properties: {@code glass.rounds}, {@code glass.seconds} per round and way, {@code glass.fps},
 * {@code glass.ways} (comma list of webcodecs, mse, jpeg),
 * {@code glass.sampling} (false: nothing is read from the canvas; for what that costs the player).
 */
final class GlassDelay {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int FPS = Integer.getInteger("glass.fps", 60);
    private static final int PICTURES = 240;
    private static final int JPEG = 3;
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("glass.seconds", 20));
    /** No secure origin, so the page has no WebCodecs there. */
    private static final String INSECURE_NAME = "robot.lan";

    /** Wall clock in milliseconds since the epoch, by sequence. */
    private final ConcurrentSkipListMap<Long, Double> committed = new ConcurrentSkipListMap<>();
    private final AtomicBoolean ended = new AtomicBoolean();

    private GlassDelay() {
    }

    static double wallMillis() {
        return ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) / 1e6;
    }

    public static void main(String[] arguments) {
        Map<String, List<byte[]>> pictures = new TreeMap<>();
        List<String> ways = List.of(System.getProperty("glass.ways", "webcodecs,mse,jpeg").split(","));
        for (int round = 1; round <= Integer.getInteger("glass.rounds", 3); round++) {
            for (String way : ways) {
                List<byte[]> clip = pictures.computeIfAbsent("jpeg".equals(way) ? way : "h264", GlassDelay::clip);
                System.out.println("round " + round + ", " + way + ": " + new GlassDelay().run(way, clip));
            }
        }
    }

    private static List<byte[]> clip(String kind) {
        return "jpeg".equals(kind) ? NumberedClip.jpeg(WIDTH, HEIGHT, 0, PICTURES)
                : NumberedClip.h264(WIDTH, HEIGHT, 0, PICTURES);
    }

    private String run(String way, List<byte[]> clip) {
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).start();
                Browser browser = Browser.start("--host-resolver-rules=MAP " + INSECURE_NAME + " 127.0.0.1")) {
            RegionWriter writer = RegionWriter.open(region.path());
            Thread frames = new Thread(() -> write(writer, clip, "jpeg".equals(way) ? JPEG : VideoFrame.H264), "frames");
            frames.setPriority(Thread.MAX_PRIORITY);
            frames.setDaemon(true);
            frames.start();
            try {
                String name = "mse".equals(way) ? INSECURE_NAME : "127.0.0.1";
                browser.open(URI.create("http://" + name + ":" + server.port() + "/"));
                Await.until("live", Deadlines.SOON, () -> "live".equals(browser.evaluate("window.sdrPlayer?.state")));
                Await.pause(WARM_UP.toNanos());
                GlassProbe probe = GlassProbe.start(browser, Boolean.parseBoolean(System.getProperty("glass.sampling", "true")));
                Await.pause(MEASURED.toNanos());
                return report(probe.stop());
            } finally {
                ended.set(true);
            }
        }
    }

    private void write(RegionWriter writer, List<byte[]> clip, int codec) {
        long beganNanos = System.nanoTime();
        for (int i = 0; !ended.get(); i++) {
            boolean key = codec == JPEG || i % NumberedClip.GROUP == 0;
            committed.put(writer.sequence() + 1, wallMillis());
            writer.write(i, key ? VideoFrame.KEYFRAME : 0, codec, clip.get(i % clip.size()));
            Await.pause(beganNanos + (i + 1) * 1_000_000_000L / FPS - System.nanoTime());
        }
    }

    private String report(GlassProbe.Seen seen) {
        List<Double> glass = new ArrayList<>();
        long skipped = 0;
        long last = -1;
        for (GlassProbe.Sighting number : seen.numbers()) {
            long sequence = sequenceOf(number);
            skipped += last < 0 ? 0 : sequence - last - 1;
            last = sequence;
            glass.add(number.atMillis() - committed.get(sequence));
        }
        return String.format(Locale.ROOT, "%s; commit to canvas %s; %d frames seen, %d never%n"
                        + "    commit to client %s%n    client to painted %s%n    painted to seen %s%n"
                        + "    sampling: %.2f ms per animation frame, %.1f per second; page clock off by %.2f ms%n    %s",
                seen.decoder(), figures(glass.stream().mapToDouble(Double::doubleValue)), glass.size(), skipped,
                figures(seen, frame -> frame.arrivedAt() - committed.get(frame.sequence())),
                figures(seen, frame -> frame.shownAt() - frame.arrivedAt()),
                figures(seen, frame -> frame.seenAt() - frame.shownAt()),
                seen.costMillis(), seen.looksPerSecond(), seen.clockOffMillis(), seen.drops());
    }

    /** The numbers come round again: it is the newest frame of that number that had been committed. */
    private long sequenceOf(GlassProbe.Sighting number) {
        long sequence = committed.headMap(committed.lastKey(), true).descendingMap().entrySet().stream()
                .filter(frame -> frame.getValue() <= number.atMillis() && (frame.getKey() - 1) % PICTURES == number.value())
                .findFirst().orElseThrow(() -> new AssertionError("shown, but never written: " + number)).getKey();
        return sequence;
    }

    private static String figures(GlassProbe.Seen seen, ToDoubleFunction<GlassProbe.Painted> millis) {
        return figures(seen.painted().stream().mapToDouble(millis));
    }

    private static String figures(DoubleStream millis) {
        double[] sorted = millis.sorted().toArray();
        return sorted.length == 0 ? "none" : String.format(Locale.ROOT, "p50 %.1f p99 %.1f max %.1f ms",
                sorted[sorted.length / 2], sorted[(int) Math.ceil(0.99 * sorted.length) - 1], sorted[sorted.length - 1]);
    }
}
