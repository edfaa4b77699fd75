package io.sdros.it.player;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Browser;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.GlassProbe;
import io.sdros.it.support.NumberedClip;
import io.sdros.it.support.NumberedFrames;
import io.sdros.it.support.ProcessorTime;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongPredicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tenth of all frames is lost, with whatever they were: what the canvas shows then, looked at all the time. */
final class PlayerLossIT {

    private static final int FPS = 30;
    private static final int PICTURES = 120;
    private static final Duration WATCHED = Duration.ofSeconds(12);
    private static final long MOST_FRAMES = 100_000;
    private static final double LOST = 0.1;

    /** With the server's gate, and with the client's alone. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyPicturesWhoseReferencesAllCameAreShownInOrderAndEachKeyframeHeals(boolean serverGates) {
        List<byte[]> clip = NumberedClip.h264(320, 192, 0, PICTURES);
        boolean[] lost = lottery();
        LongPredicate isLost = sequence -> lost[(int) sequence];
        try (TempRegion region = TempRegion.create();
                ServerProcess server = ServerProcess.builder().region(region)
                        .set("SDR_KEYFRAME_GATING", Boolean.toString(serverGates)).start();
                Browser browser = Browser.start()) {
            RegionWriter writer = RegionWriter.open(region.path());
            browser.open(server.http("/"));
            // First the viewer: one that comes later is served in the middle of a group if the server does not gate.
            Await.until("connected", Deadlines.SOON, () -> "waiting".equals(browser.evaluate("window.sdrPlayer?.state")));
            try (NumberedFrames frames = NumberedFrames.start(writer, clip, VideoFrame.H264, FPS, isLost)) {
                Await.until("live", Deadlines.SOON, () -> "live".equals(browser.evaluate("sdrPlayer.state")));
                ProcessorTime processors = ProcessorTime.now();
                GlassProbe probe = GlassProbe.start(browser, true);
                Await.pause(WATCHED.toNanos());
                GlassProbe.Seen seen = probe.stop();
                double left = ProcessorTime.now().leftSince(processors);
                List<Long> shown = seen.numbers().stream()
                        .map(number -> frames.sequenceOf(number.value(), number.atMillis())).toList();

                assertThat(seen.invalid()).as("looks without a readable number").isZero();
                assertThat(shown).isSorted().doesNotHaveDuplicates();
                assertThat(shown).as("all references came").allMatch(sequence -> decodable(sequence, lost));
                assertHealed(shown, lost, left);
            }
            assertThat(browser.console()).noneMatch(line -> line.contains("Uncaught"));
        }
    }

    /** Of nearly all groups that began with a keyframe something was shown: a busy machine may lose more than the test. */
    private static void assertHealed(List<Long> shown, boolean[] lost, double left) {
        List<Long> whole = new ArrayList<>();
        long last = shown.get(shown.size() - 1);
        for (long first = groupStart(shown.get(0)); first + NumberedClip.GROUP <= last; first += NumberedClip.GROUP) {
            if (!lost[(int) first]) {
                whole.add(first);
            }
        }
        long seen = whole.stream().filter(first -> shown.stream().anyMatch(sequence -> groupStart(sequence) == first)).count();
        assertThat(whole).hasSizeGreaterThan(4);
        assertThat(seen).as("groups shown of %d with %.2f of the processors", whole.size(), left).isPositive()
                .isGreaterThanOrEqualTo((long) (left * whole.size()) - 2);
    }

    private static boolean decodable(long sequence, boolean[] lost) {
        for (long each = groupStart(sequence); each <= sequence; each++) {
            if (lost[(int) each]) {
                return false;
            }
        }
        return true;
    }

    private static long groupStart(long sequence) {
        return sequence - (sequence - 1) % NumberedClip.GROUP;
    }

    /** The first group is whole, so that it begins; the same each time, so that a failure can be seen again. */
    private static boolean[] lottery() {
        Random random = new Random(10);
        boolean[] lost = new boolean[(int) MOST_FRAMES];
        for (int sequence = NumberedClip.GROUP + 1; sequence < lost.length; sequence++) {
            lost[sequence] = random.nextDouble() < LOST;
        }
        return lost;
    }
}
