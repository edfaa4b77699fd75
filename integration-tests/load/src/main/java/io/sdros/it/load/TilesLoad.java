package io.sdros.it.load;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NumberedClip;
import io.sdros.it.support.NumberedFrames;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A program: how many streams of 854 x 480 at 30 frames a second the page shows at a time in a headless Chromium, which decodes and
 * paints on the processor, without one of them being stale, and how many it reduces where that is too much. {@code tiles.counts}
 * (2,4,6,9,12,16), {@code tiles.seconds} (15), {@code tiles.settle} (12: seconds before that, in which the page learns how many it
 * can show).
 */
final class TilesLoad {

    private static final int FPS = 30;
    private static final int WIDTH = 854;
    private static final int HEIGHT = 480;
    private static final Duration SETTLING = Duration.ofSeconds(Integer.getInteger("tiles.settle", 12));

    // Ten looks a second, each at all tiles: the oldest picture, and what was painted between the first look and the last.
    private static final String WATCH = """
            window.watched = { stale: new Set(), reduced: new Set(), worstAgeMs: 0, began: performance.now(),
              painted: sdrPlayer.tiles.map(({ framesPainted }) => framesPainted) };
            setInterval(() => {
              for (const { name, state, why, pictureAgeMs } of sdrPlayer.tiles) {
                if (why === 'reduced') watched.reduced.add(name);
                else if (state !== 'live') watched.stale.add(name);
                if (why !== 'reduced') watched.worstAgeMs = Math.max(watched.worstAgeMs, pictureAgeMs);
              }
            }, 100);
            """;
    private static final String RESULT = """
            (() => {
              const seconds = (performance.now() - watched.began) / 1000;
              const fps = sdrPlayer.tiles.map(({ framesPainted }, i) => (framesPainted - watched.painted[i]) / seconds);
              const all = [...document.querySelectorAll('sdr-player')].map(({ statistics }) => statistics);
              const most = (part) => Math.max(...all.map(({ delays }) => delays[part] ?? -1));
              return { stale: watched.stale.size, reduced: watched.reduced.size, worst: watched.worstAgeMs,
                least: Math.min(...fps), most: Math.max(...fps),
                received: most('serverToReceivedMs'), decoded: most('receivedToDecodedMs'), shown: most('decodedToShownMs'),
                late: all.reduce((sum, { framesDropped }) => sum + framesDropped.late, 0) };
            })()""";

    private TilesLoad() {
    }

    public static void main(String[] arguments) {
        List<Integer> counts = Stream.of(System.getProperty("tiles.counts", "2,4,6,9,12,16").split(",")).map(Integer::valueOf).toList();
        Duration watching = Duration.ofSeconds(Integer.getInteger("tiles.seconds", 15));
        List<byte[]> clip = NumberedClip.h264(WIDTH, HEIGHT, 0, 3 * NumberedClip.GROUP);
        System.out.printf(Locale.ROOT, "load average before: %.1f%n", load());
        for (int count : counts) {
            try (TempRegion region = TempRegion.create();
                    NumberedFrames frames =
                            NumberedFrames.start(RegionWriter.open(region.path()), clip, VideoFrame.H264, FPS);
                    ServerProcess server = ServerProcess.builder().set("SDR_STREAMS", streams(region, count)).start();
                    Browser browser = Browser.startNew()) {
                browser.size(1920, 1080);
                browser.open(server.http("/"));
                Await.until("all begin", Deadlines.START, () -> Boolean.TRUE.equals(
                        browser.evaluate("sdrPlayer?.tiles.every(({ framesPainted }) => framesPainted > 0)")));
                Await.pause(SETTLING.toNanos());
                browser.run(WATCH);
                Await.pause(watching.toNanos());
                Map<?, ?> result = (Map<?, ?>) browser.evaluate(RESULT);
                System.out.printf(Locale.ROOT,
                        "%d tiles: %s stale at some time, %s reduced; oldest picture of the others %.0f ms, %.1f to %.1f pictures/s;"
                                + " medians of the slowest: to the page %.0f, decoded %.0f, shown %.0f ms; %.0f of %d frames late,"
                                + " load %.1f%n", count, result.get("stale"), result.get("reduced"),
                        number(result, "worst"), number(result, "least"), number(result, "most"),
                        number(result, "received"), number(result, "decoded"), number(result, "shown"), number(result, "late"),
                        count * frames.newest(), load());
            }
        }
    }

    /** The same pictures under several names: what is asked is what the browser can do. */
    private static String streams(TempRegion region, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> "camera" + i + "=shm:" + region.path()).collect(Collectors.joining(","));
    }

    private static double number(Map<?, ?> result, String name) {
        return ((Number) result.get(name)).doubleValue();
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
