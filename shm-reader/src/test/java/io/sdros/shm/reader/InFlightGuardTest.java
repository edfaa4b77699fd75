package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InFlightGuardTest {

    private static final long SETTLED = InFlightGuard.SETTLED_NANOS;

    private final InFlightGuard guard = new InFlightGuard();

    @Test
    void aFrameLongInPlaceIsCommitted() {
        assertThat(guard.committed(10, 110, 0)).isFalse();
        assertThat(guard.committed(10, 110, SETTLED - 1)).isFalse();
        assertThat(guard.committed(10, 110, SETTLED)).isTrue();
        assertThat(guard.committed(11, 111, SETTLED)).isTrue();
        assertThat(guard.committed(11, 112, SETTLED)).isFalse();
        assertThat(guard.committed(12, 112, SETTLED)).isTrue();
    }

    @Test
    void theLowerOfTwoLeadsIsRightWhicheverComesFirst() {
        assertThat(guard.committed(10, 10, 0)).isFalse();
        assertThat(guard.committed(11, 12, 1)).isFalse();
        assertThat(guard.committed(12, 12, 2)).isTrue();

        guard.forget();
        assertThat(guard.committed(10, 11, 0)).isFalse();
        assertThat(guard.committed(11, 11, 1)).isTrue();
        assertThat(guard.committed(12, 13, 2)).isFalse();
    }

    @Test
    void settlingOnAFrameInFlightIsPutRightByTheNextFrame() {
        guard.committed(10, 111, 0);
        assertThat(guard.committed(10, 111, SETTLED)).isTrue();
        assertThat(guard.committed(11, 111, SETTLED)).isTrue();
        assertThat(guard.committed(12, 113, SETTLED)).isFalse();
    }

    @Test
    void whatAKilledWriterLeftIsNotBelievedHoweverLongItStays() {
        for (int i = 0; i < 10; i++) {
            assertThat(guard.committed(10, 11, i * SETTLED)).isFalse();
            guard.gaveUp();
        }
        assertThat(guard.committed(11, 11, 10 * SETTLED)).isTrue();
    }

    @Test
    void aWriterThatCountsFramesOneAheadIsBelievedOnceItHasCommitted() {
        assertThat(guard.committed(10, 11, 0)).isFalse();
        assertThat(guard.committed(10, 11, SETTLED)).isFalse();
        guard.gaveUp();
        assertThat(guard.committed(11, 12, 2 * SETTLED)).isFalse();
        assertThat(guard.committed(11, 12, 3 * SETTLED)).isTrue();
        assertThat(guard.committed(12, 13, 3 * SETTLED)).isTrue();
    }

    @Test
    void aFastWriterIsBelievedAfterManyFrames() {
        int frames = 1;
        while (!guard.committed(frames, frames, frames)) {
            frames++;
        }
        assertThat(frames).isEqualTo(InFlightGuard.SETTLED_SEQUENCES);
    }

    @Test
    void aLeadThatMakesNoSenseIsLearntAfresh() {
        guard.committed(10, 10, 0);
        assertThat(guard.committed(10, 10, SETTLED)).isTrue();
        assertThat(guard.committed(11, 15, SETTLED)).isFalse();
        assertThat(guard.committed(11, 15, 2 * SETTLED)).isTrue();
        assertThat(guard.committed(12, 3, 2 * SETTLED)).isFalse();
        assertThat(guard.committed(12, 3, 3 * SETTLED)).isTrue();
    }

    @Test
    void aFrameGivenUpForItsLeadIsReasonToLearnAfresh() {
        guard.committed(10, 10, 0);
        assertThat(guard.committed(10, 10, SETTLED)).isTrue();
        guard.gaveUp();
        assertThat(guard.committed(11, 11, SETTLED)).isTrue();
        assertThat(guard.committed(12, 13, SETTLED)).isFalse();
        guard.gaveUp();
        assertThat(guard.committed(13, 14, SETTLED)).isFalse();
        assertThat(guard.committed(13, 14, 2 * SETTLED)).isTrue();
    }
}
