package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** A restart is told even if a page vanishes in the middle of the attempt that noticed it. */
class FrameReaderRestartTest {

    private final RegionImage image = RegionImage.inMemory(128);
    private final FrameReader reader = FrameReader.detachedBuilder().build();

    @Test
    void anAttemptThatFaultsAfterNoticingARestartDoesNotLoseIt() {
        image.key(5, 5);
        reader.attach(image.region(), () -> 128, true);
        assertThat(reader.attempt()).isEqualTo(ReadOutcome.FRAME);
        assertThat(reader.restartUntold()).isFalse();

        image.key(1, 1);
        reader.attach(image.region(), () -> {
            throw new InternalError("a fault occurred");
        }, true);
        assertThatThrownBy(reader::attempt).isInstanceOf(InternalError.class);
        // What was read of the sequence while the page vanished may have been anything, 0 for instance.
        image.sequence(0);
        reader.look();
        reader.attach(image.region(), () -> 128, false);
        assertThat(reader.restartUntold()).isTrue();

        reader.restartTold();
        image.key(1, 1);
        assertThat(reader.attempt()).isEqualTo(ReadOutcome.FRAME);
        assertThat(reader.restartUntold()).isFalse();
    }

    @Test
    void aRestartIsToldAgainIfTheTellingItselfFaults() {
        image.key(5, 5);
        reader.attach(image.region(), () -> 128, true);
        reader.attempt();
        image.key(1, 1);
        reader.attempt();

        assertThat(reader.restartUntold()).isTrue();
        reader.look();
        assertThat(reader.restartUntold()).as("nobody has settled it").isTrue();
    }
}
