package io.sdros.server.stream;

import static io.sdros.server.bitstream.BitstreamCondition.FLAG_MISMATCH;
import static io.sdros.server.bitstream.BitstreamCondition.NO_KEYFRAME;
import static io.sdros.server.bitstream.BitstreamCondition.PROFILE;
import static io.sdros.server.bitstream.BitstreamCondition.SPLIT_UNITS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.server.bitstream.BitstreamCondition;
import org.junit.jupiter.api.Test;

class ConditionWatchTest {

    private static final long SECOND = 1_000_000_000L;

    private final LoggedLines lines = new LoggedLines();
    private final ConditionWatch watch = new ConditionWatch(lines);
    private long nowNanos = -5 * SECOND;

    private void frames(int count, int bits) {
        for (int i = 0; i < count; i++) {
            nowNanos += SECOND / 10;
            watch.frame(bits, nowNanos);
        }
    }

    @Test
    void framesAreCountedAndTheBeginningIsTold() {
        frames(10, 0);
        frames(20, PROFILE.bit());

        assertThat(watch.counts()).hasSize(BitstreamCondition.values().length).containsEntry("profile", 20L)
                .containsEntry("b_frames", 0L);
        assertThat(watch.holding(nowNanos)).containsExactly(PROFILE);
        assertThat(lines.messages).containsExactly("Stream condition profile: " + PROFILE.words());
    }

    @Test
    void whatEveryFrameShowsEndsWithTheFirstThatDoesNot() {
        frames(1, PROFILE.bit());
        frames(1, 0);
        assertThat(watch.holding(nowNanos)).isEmpty();
    }

    @Test
    void whatSomeFramesShowHoldsForAWhile() {
        frames(1, FLAG_MISMATCH.bit() | SPLIT_UNITS.bit());
        frames(290, 0);
        assertThat(watch.holding(nowNanos)).containsExactly(FLAG_MISMATCH, SPLIT_UNITS);
        frames(20, 0);
        assertThat(watch.holding(nowNanos)).isEmpty();
    }

    @Test
    void oneThatComesAndGoesDoesNotFloodTheLog() {
        for (int i = 0; i < 900; i++) {
            frames(1, PROFILE.bit());
            frames(1, 0);
        }
        assertThat(lines.messages).hasSizeBetween(3, 4).last().asString().matches(".*\\(it began \\d+ times more .*\\)");
    }

    @Test
    void afterARestartNothingHolds() {
        frames(1, FLAG_MISMATCH.bit() | PROFILE.bit());
        watch.restart();
        assertThat(watch.holding(nowNanos)).isEmpty();
        assertThat(watch.counts()).as("counts go on").containsEntry("profile", 1L);
    }

    @Test
    void missingKeyframesHaveALineOfTheirOwn() {
        frames(1, NO_KEYFRAME.bit());
        assertThat(watch.holding(nowNanos)).containsExactly(NO_KEYFRAME);
        assertThat(lines.messages).isEmpty();
        watch.end(NO_KEYFRAME);
        assertThat(watch.holding(nowNanos)).isEmpty();
    }
}
