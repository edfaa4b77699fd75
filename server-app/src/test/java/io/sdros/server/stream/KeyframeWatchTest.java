package io.sdros.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class KeyframeWatchTest {

    private static final long MILLI = 1_000_000;

    private final KeyframeWatch watch = new KeyframeWatch(Duration.ofSeconds(5));
    private long nowNanos = Long.MAX_VALUE - MILLI;

    private void frames(int count, boolean keyframes) {
        for (int i = 0; i < count; i++) {
            nowNanos += 100 * MILLI;
            watch.frame(keyframes, nowNanos);
        }
    }

    @Test
    void framesWithoutAnyKeyframe() {
        frames(50, false);
        assertThat(watch.missing()).as("the first frame begins the time").isEmpty();
        frames(1, false);
        assertThat(watch.missing()).contains(Duration.ofSeconds(5));
        frames(30, false);
        assertThat(watch.missing()).contains(Duration.ofSeconds(8));
        frames(1, true);
        assertThat(watch.missing()).isEmpty();
        frames(50, false);
        assertThat(watch.missing()).as("they came once and come no more").contains(Duration.ofSeconds(5));
    }

    @Test
    void aPauseOfTheWriterIsNoLackOfKeyframes() {
        frames(2, true);
        frames(20, false);
        nowNanos += 3_600_000 * MILLI;
        frames(1, false);
        assertThat(watch.missing()).isEmpty();
    }

    @Test
    void keyframesAtLongerIntervalsAreNotMissedBetweenThem() {
        for (int i = 0; i < 2; i++) {
            frames(1, true);
            frames(99, false);
        }
        frames(1, true);
        frames(199, false);
        assertThat(watch.missing()).as("every 10 s").isEmpty();
        frames(1, false);
        assertThat(watch.missing()).contains(Duration.ofSeconds(20));
    }

    @Test
    void whatWasBeforeARestartDoesNotCount() {
        frames(1, true);
        frames(200, false);
        watch.restart();
        assertThat(watch.missing()).isEmpty();
        frames(50, false);
        assertThat(watch.missing()).isEmpty();
        frames(1, false);
        assertThat(watch.missing()).contains(Duration.ofSeconds(5));
    }

    @Test
    void theyAreSaidToFlowOnlyWhileTheyDo() {
        assertThat(watch.flowing(nowNanos)).isFalse();
        frames(51, false);
        assertThat(watch.flowing(nowNanos + 1_000 * MILLI)).isTrue();
        assertThat(watch.flowing(nowNanos + 2_000 * MILLI)).isFalse();
        watch.restart();
        assertThat(watch.flowing(nowNanos)).isFalse();
    }
}
