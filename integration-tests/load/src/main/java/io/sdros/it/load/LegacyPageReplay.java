package io.sdros.it.load;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.LegacyPage;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.PythonWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.TestClip;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a front end that drops deltas and goes on decoding makes of a replay, as it comes and paced, and without one. A clip
 * of 640 × 360 at 30 pictures a second with a keyframe every 2 s; joins at random moments.
 */
final class LegacyPageReplay {

    private static final int JOINS = Integer.getInteger("joins", 15);
    private static final Duration WATCHED = Duration.ofMillis(2_600);

    private LegacyPageReplay() {
    }

    private record Way(String name, int pace, ServerProcess server) {
    }

    public static void main(String[] args) {
        try (OpenResources opened = new OpenResources()) {
            TempRegion region = opened.add(TempRegion.create());
            LegacyPage page = opened.add(LegacyPage.serve());
            ServerProcess replaying = opened.add(server(region, page));
            ServerProcess plain = opened.add(server(region, page, "SDR_GOP_CACHE_BYTES", "0"));
            opened.add(PythonWriter.start(TestClip.withGroupOf(2 * TestClip.FRAMES_PER_SECOND, 8), region, "--loop"));
            replaying.http().awaitAttached();
            plain.http().awaitAttached();
            Browser browser = opened.add(Browser.startNew());
            List<Way> ways = List.of(new Way("as it comes", 0, replaying), new Way("paced 8x", 8, replaying),
                    new Way("paced 4x", 4, replaying), new Way("paced 2x", 2, replaying), new Way("no replay", 0, plain));
            for (Way way : ways) {
                measure(browser, page, way);
            }
        }
    }

    private static ServerProcess server(TempRegion region, LegacyPage page, String... more) {
        ServerProcess.Builder builder = ServerProcess.builder().region(region)
                .set("SDR_ALLOWED_ORIGINS", "same-origin," + page.origin());
        for (int i = 0; i < more.length; i += 2) {
            builder.set(more[i], more[i + 1]);
        }
        return builder.start();
    }

    private static void measure(Browser browser, LegacyPage page, Way way) {
        int damaged = 0;
        long dropped = 0;
        long corrupt = 0;
        List<Long> first = new ArrayList<>();
        for (int i = 0; i < JOINS; i++) {
            browser.open(URI.create(page.address(way.server(), way.pace()) + "&join=" + i));
            Await.pause(WATCHED.toNanos() + (long) (Math.random() * 1e9));
            dropped += LegacyPage.count(browser, "dropped");
            corrupt += LegacyPage.count(browser, "corrupt");
            damaged += LegacyPage.count(browser, "dropped") > 0 ? 1 : 0;
            first.add(LegacyPage.count(browser, "firstMs"));
        }
        first.sort(null);
        System.out.printf(Locale.ROOT, "%-12s joins %d, with drops %d, deltas dropped %d, pictures decoded behind a gap %d;"
                        + " first picture ms p50 %d max %d%n", way.name(), JOINS, damaged, dropped, corrupt,
                first.get(JOINS / 2), first.get(JOINS - 1));
    }
}
