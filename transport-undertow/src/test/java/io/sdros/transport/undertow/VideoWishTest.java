package io.sdros.transport.undertow;

import static io.sdros.transport.undertow.VideoWish.Step.JOIN;
import static io.sdros.transport.undertow.VideoWish.Step.NOTHING;
import static io.sdros.transport.undertow.VideoWish.Step.PAUSE;
import static io.sdros.transport.undertow.VideoWish.Step.REJOIN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VideoWishTest {

    private final VideoWish wish = new VideoWish();
    private long nowNanos = -1;

    private VideoWish.Step after(long millis, ViewerState state) {
        return after(millis, state, true);
    }

    private VideoWish.Step after(long millis, ViewerState state, boolean streaming) {
        nowNanos += millis * 1_000_000;
        return wish.step(state, streaming, nowNanos);
    }

    @Test
    void whoPlaysIsLeftAlone() {
        assertThat(after(0, ViewerState.PLAYING)).isEqualTo(NOTHING);
        assertThat(after(5000, ViewerState.PLAYING, false)).isEqualTo(NOTHING);
    }

    @Test
    void aPauseIsOneAndResumingIsJoining() {
        assertThat(after(0, ViewerState.PAUSED)).isEqualTo(PAUSE);
        assertThat(after(200, ViewerState.PAUSED, false)).isEqualTo(NOTHING);
        assertThat(after(200, ViewerState.PLAYING, false)).isEqualTo(JOIN);
        assertThat(after(200, ViewerState.PLAYING, false)).isEqualTo(NOTHING);
    }

    @Test
    void whoKeepsChangingItsMindWaits() {
        assertThat(after(0, ViewerState.PAUSED)).isEqualTo(PAUSE);
        assertThat(after(1, ViewerState.PLAYING)).isEqualTo(JOIN);
        assertThat(after(1, ViewerState.PAUSED)).isEqualTo(PAUSE);
        assertThat(after(1, ViewerState.PLAYING)).isEqualTo(NOTHING);
        assertThat(after(200, ViewerState.PLAYING)).isEqualTo(NOTHING);
        assertThat(after(48, ViewerState.PLAYING)).as("250 ms after the first").isEqualTo(JOIN);
    }

    @Test
    void whoIsStuckGetsTheNewestGroupAndThenAKeyframe() {
        assertThat(after(0, ViewerState.DECODER_FAILED)).isEqualTo(JOIN);
        assertThat(after(200, ViewerState.WAITING_FOR_KEYFRAME, false)).as("it is on its way").isEqualTo(NOTHING);
        assertThat(after(200, ViewerState.WAITING_FOR_KEYFRAME)).isEqualTo(NOTHING);
        assertThat(after(600, ViewerState.WAITING_FOR_KEYFRAME)).isEqualTo(REJOIN);
        assertThat(after(1999, ViewerState.WAITING_FOR_KEYFRAME)).isEqualTo(NOTHING);
        assertThat(after(1, ViewerState.WAITING_FOR_KEYFRAME)).isEqualTo(REJOIN);
        assertThat(after(1, ViewerState.PLAYING)).isEqualTo(NOTHING);
        assertThat(after(250, ViewerState.WAITING_FOR_KEYFRAME)).as("another time").isEqualTo(JOIN);
    }

    /** A keyframe costs all who watch. */
    @Test
    void whomNoKeyframeHelpsGetsEverFewer() {
        assertThat(keyframesIn(600)).as("after 1, 2, 4, 8, 16 and then every 30 s").isEqualTo(23);
        assertThat(after(1, ViewerState.PLAYING)).isEqualTo(NOTHING);
        assertThat(keyframesIn(29)).as("a short good time changes nothing").isZero();
        assertThat(after(1, ViewerState.PLAYING)).isEqualTo(NOTHING);
        assertThat(after(30_000, ViewerState.PLAYING)).isEqualTo(NOTHING);
        assertThat(keyframesIn(4)).as("as at first").isEqualTo(2);
    }

    private int keyframesIn(int seconds) {
        int keyframes = 0;
        for (int i = 0; i < 5 * seconds; i++) {
            keyframes += after(200, ViewerState.DECODER_FAILED) == REJOIN ? 1 : 0;
        }
        return keyframes;
    }

    @Test
    void whoIsStuckAndThenPausesJoinsLikeAnybody() {
        assertThat(after(0, ViewerState.DECODER_FAILED)).isEqualTo(JOIN);
        assertThat(after(300, ViewerState.PAUSED)).isEqualTo(PAUSE);
        assertThat(after(300, ViewerState.DECODER_FAILED, false)).isEqualTo(JOIN);
    }
}
