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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A program: what the player page holds in memory at the beginning and at the end of a long run, each after a forced
 * collection. The page's heap does not contain its worker's, nor the pictures; the browser's renderer processes do.
 *
 * <p>System property {@code memory.seconds}.
 */
final class PlayerMemory {

    private static final int FPS = 60;
    private static final int PICTURES = 240;
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("memory.seconds", 300));
    private static final Duration BETWEEN = Duration.ofSeconds(30);

    private PlayerMemory() {
    }

    public static void main(String[] arguments) {
        List<byte[]> clip = NumberedClip.h264(640, 480, 0, PICTURES);
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region).start();
                Browser browser = Browser.start("--js-flags=--expose-gc", "--enable-precise-memory-info");
                NumberedFrames frames =
                        NumberedFrames.start(RegionWriter.open(region.path()), clip, VideoFrame.H264, FPS)) {
            browser.open(server.http("/"));
            Await.until("live", Deadlines.SOON, () -> "live".equals(browser.evaluate("window.sdrPlayer?.state")));
            Await.pause(WARM_UP.toNanos());
            long untilNanos = System.nanoTime() + TIME.toNanos();
            print(browser, frames);
            while (System.nanoTime() < untilNanos) {
                Await.pause(Math.min(BETWEEN.toNanos(), untilNanos - System.nanoTime()));
                print(browser, frames);
            }
            System.out.println("console: " + browser.console());
        }
    }

    private static void print(Browser browser, NumberedFrames frames) {
        // What was decoded and neither painted nor replaced by a newer picture is still held.
        List<?> now = (List<?>) browser.evaluate("""
                (() => { gc(); gc();
                  const { superseded } = sdrPlayer.framesDropped;
                  return [performance.memory.usedJSHeapSize / 1e6, sdrPlayer.framesDecoded, sdrPlayer.framesPainted, superseded,
                    document.querySelectorAll('*').length]; })()""");
        System.out.printf(Locale.ROOT, "%d written: heap %.2f MB, renderers %d MB; %s decoded, %s painted, %s superseded; %s elements%n",
                frames.newest(), ((Number) now.get(0)).doubleValue(), renderersMegabytes(), now.get(1), now.get(2), now.get(3),
                now.get(4));
    }

    /** Resident memory of the renderer processes that this program has started. */
    private static long renderersMegabytes() {
        return ProcessHandle.current().descendants()
                .mapToLong(process -> residentKilobytes(Path.of("/proc", Long.toString(process.pid())))).sum() / 1000;
    }

    private static long residentKilobytes(Path process) {
        try {
            if (!Files.readString(process.resolve("cmdline")).contains("--type=renderer")) {
                return 0;
            }
            return Files.readAllLines(process.resolve("status")).stream().filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum();
        } catch (NoSuchFileException e) {
            return 0; // It has ended meanwhile.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
