package io.sdros.it.load;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.GlassProbe;
import io.sdros.it.support.NumberedClip;
import io.sdros.it.support.NumberedFrames;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
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
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("glass.seconds", 20));
    /** No secure origin, so the page has no WebCodecs there. */
    private static final String INSECURE_NAME = "robot.lan";

    private GlassDelay() {
    }

    public static void main(String[] arguments) {
        Map<String, List<byte[]>> pictures = new TreeMap<>();
        List<String> ways = List.of(System.getProperty("glass.ways", "webcodecs,mse,jpeg").split(","));
        for (int round = 1; round <= Integer.getInteger("glass.rounds", 3); round++) {
            for (String way : ways) {
                List<byte[]> clip = pictures.computeIfAbsent("jpeg".equals(way) ? way : "h264", GlassDelay::clip);
                System.out.println("round " + round + ", " + way + ": " + run(way, clip));
            }
        }
    }

    private static List<byte[]> clip(String kind) {
        return "jpeg".equals(kind) ? NumberedClip.jpeg(WIDTH, HEIGHT, 0, PICTURES)
                : NumberedClip.h264(WIDTH, HEIGHT, 0, PICTURES);
    }

    private static String run(String way, List<byte[]> clip) {
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).start();
                Browser browser = Browser.start("--host-resolver-rules=MAP " + INSECURE_NAME + " 127.0.0.1");
                NumberedFrames frames = NumberedFrames.start(RegionWriter.open(region.path()), clip,
                        "jpeg".equals(way) ? NumberedFrames.JPEG : VideoFrame.H264, FPS)) {
            String name = "mse".equals(way) ? INSECURE_NAME : "127.0.0.1";
            browser.open(URI.create("http://" + name + ":" + server.port() + "/"));
            Await.until("live", Deadlines.SOON, () -> "live".equals(browser.evaluate("window.sdrPlayer?.state")));
            Await.pause(WARM_UP.toNanos());
            GlassProbe probe = GlassProbe.start(browser, Boolean.parseBoolean(System.getProperty("glass.sampling", "true")));
            Await.pause(MEASURED.toNanos());
            return report(probe.stop(), frames);
        }
    }

    private static String report(GlassProbe.Seen seen, NumberedFrames frames) {
        List<Double> glass = new ArrayList<>();
        long skipped = 0;
        long last = -1;
        for (GlassProbe.Sighting number : seen.numbers()) {
            long sequence = frames.sequenceOf(number.value(), number.atMillis());
            skipped += last < 0 ? 0 : sequence - last - 1;
            last = sequence;
            glass.add(number.atMillis() - frames.committedAt(sequence));
        }
        return String.format(Locale.ROOT, "%s; commit to canvas %s; %d frames seen, %d never%n"
                        + "    commit to client %s%n    client to painted %s%n    painted to seen %s%n"
                        + "    sampling: %.2f ms per animation frame, %.1f per second; page clock off by %.2f ms%n    %s",
                seen.decoder(), figures(glass.stream().mapToDouble(Double::doubleValue)), glass.size(), skipped,
                figures(seen, frame -> frame.arrivedAt() - frames.committedAt(frame.sequence())),
                figures(seen, frame -> frame.shownAt() - frame.arrivedAt()),
                figures(seen, frame -> frame.seenAt() - frame.shownAt()),
                seen.costMillis(), seen.looksPerSecond(), seen.clockOffMillis(), seen.drops());
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
