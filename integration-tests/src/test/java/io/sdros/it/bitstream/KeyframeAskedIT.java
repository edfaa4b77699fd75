package io.sdros.it.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.NatsClient;
import io.sdros.it.support.NatsProcess;
import io.sdros.it.support.OpenResources;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A page that needs a keyframe says so, and goes on with one that its requests have brought. */
// Streams are closed for what that ends.
@SuppressWarnings("try")
final class KeyframeAskedIT {

    /** Where the encoder sends a keyframe only when asked; {@code sdr.player.pause.millis} is for how long. */
    private static final Duration PAUSED_ON_REQUEST = Duration.ofMillis(Integer.getInteger("sdr.player.pause.millis", 1200));
    /** More than is played of a stream that has one keyframe, at its beginning. */
    private static final int LONG = 300 + (int) (PAUSED_ON_REQUEST.toMillis() * 30 / 1000);
    private static final String IDR_SUBJECT = "control.request_idr";

    private final OpenResources opened = new OpenResources();
    private final StreamPage page = new StreamPage(opened);

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    @Test
    void whoNeedsAKeyframeGetsItself() {
        List<List<Nal>> onRequest = page.pictures(LONG, LONG, "qp=30");
        List<Commit> withoutKeyframe = Habit.SETS_ONCE.commits(onRequest).subList(1, LONG);
        page.serve("SDR_NATS_URL", "none");
        page.open();
        try (Playback stream = page.play(withoutKeyframe)) {
            awaitKeyframeAwaited();
            assertThat(page.browser().visibleText()).doesNotContain("has been asked");
        }
        NatsProcess nats = opened.add(NatsProcess.start());
        NatsClient encoder = opened.add(NatsClient.connect(nats));
        encoder.subscribe(IDR_SUBJECT);
        page.serve("SDR_NATS_URL", nats.url(), "SDR_GOP_CACHE_BYTES", "0");
        page.browser().beforeEachPage(PageScripts.LAG);
        page.browser().beforeEachPage(PageScripts.NOTE_RESUMED);
        page.open();
        try (Playback stream = page.play(withoutKeyframe)) {
            awaitKeyframeAwaited();
            Await.until("asked", Deadlines.SOON,
                    () -> page.browser().visibleText().contains("The encoder has been asked for one."));
        }
        assertComesBackByRequests(encoder, onRequest);
        List<List<Nal>> openGroups = page.pictures(LONG, StreamPage.GROUP, "bframes=2:open-gop=1");
        assertThat(openGroups.stream().filter(Nal::keyframe)).hasSize(1);
        assertComesBackByRequests(encoder, openGroups);
    }

    private void assertComesBackByRequests(NatsClient encoder, List<List<Nal>> pictures) {
        int[] answered = {encoder.messages().size()};
        try (Playback stream = page.play(Habit.SETS_ONCE.commits(pictures))) {
            page.lookAfter(() -> {
                int asked = encoder.messages().size();
                if (asked > answered[0]) {
                    answered[0] = asked;
                    stream.begin();
                }
            });
            page.awaitMoving("the encoder sends a keyframe when asked");
            page.pause(PAUSED_ON_REQUEST);
            page.awaitPainted("after a pause");
            System.out.printf("a picture %d ms after Resume, paused for %d ms%n", page.number("window.backMs"),
                    PAUSED_ON_REQUEST.toMillis());
            page.browser().run("window.lagging = true");
            Await.until("late", Deadlines.SOON, () -> page.number("sdrPlayer.framesDropped.late") > 0);
            page.browser().run("window.lagging = false");
            page.awaitPainted("after a lag of the decoder");
        } finally {
            page.lookAfter(() -> { });
        }
    }

    private void awaitKeyframeAwaited() {
        Await.until("no keyframe", Deadlines.SOON, () -> page.browser().visibleText().contains("Waiting for a keyframe"));
    }
}
