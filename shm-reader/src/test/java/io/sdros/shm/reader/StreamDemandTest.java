package io.sdros.shm.reader;

import static io.sdros.shm.reader.LoopHarness.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading while nobody wants frames, and when somebody wants them again, in made-up time. */
class StreamDemandTest {

    @TempDir
    Path folder;
    private LoopHarness stream;
    private RegionImage image;

    @BeforeEach
    void prepare() throws IOException {
        Path path = folder.resolve("frames");
        image = RegionImage.inFile(path, 128);
        stream = new LoopHarness(path);
        stream.turn();
        stream.heard.take();
    }

    private List<String> after(long nanos) {
        stream.runFor(nanos);
        return stream.heard.take();
    }

    @Test
    void withoutDemandOnlyTheSequenceIsLookedAt() {
        stream.demand = false;
        after(10 * MILLI);
        image.key(9, 9).writeLength(0);
        int turns = stream.runFor(1_000 * MILLI);
        assertThat(turns).isLessThanOrEqualTo(1_000);
        assertThat(stream.heard.take()).isEmpty();
        assertThat(stream.statistics.sequence()).isEqualTo(9);
        assertThat(stream.statistics.lastFrameAgeNanos().orElseThrow()).isCloseTo(1_000 * MILLI,
                Offset.offset(StreamLoop.WATCH_NANOS + 5 * MILLI));
        assertThat(stream.statistics.retries()).isZero();
        assertThat(stream.statistics.framesRead()).isZero();
    }

    @Test
    void demandThatReturnsGetsTheFrameInTheSlotAndNoLoss() {
        image.key(1, 1);
        after(MILLI);
        stream.demand = false;
        after(10 * MILLI);
        image.key(50, 50);
        after(10 * MILLI);
        stream.demand = true;
        assertThat(after(5 * MILLI)).containsExactly("RESUMED 0", "frame 50");
        assertThat(stream.statistics.framesLost()).isZero();
    }

    @Test
    void demandThatReturnsInTheMiddleOfAGroupWaitsForAKeyframe() {
        image.key(1, 1);
        after(MILLI);
        stream.demand = false;
        after(10 * MILLI);
        image.delta(50, 50);
        after(10 * MILLI);
        stream.demand = true;
        assertThat(after(5 * MILLI)).containsExactly("RESUMED 0", "skipped");
    }

    @Test
    void aShortLackOfDemandInWhichNothingPassedInterruptsNothing() {
        image.key(1, 1);
        after(MILLI);
        stream.demand = false;
        after(10 * MILLI);
        stream.demand = true;
        assertThat(after(5 * MILLI)).isEmpty();
        image.delta(2, 2);
        assertThat(after(20 * MILLI)).containsExactly("frame 2");
    }

    @Test
    void whatNobodyWasGivenIsReadAgainForWhoeverComes() {
        image.key(1, 1);
        after(MILLI);
        stream.demand = false;
        after(10 * MILLI);
        stream.demand = true;
        stream.readAgain = true;
        assertThat(after(5 * MILLI)).containsExactly("RESUMED 0", "frame 1");
        image.delta(2, 2);
        assertThat(after(20 * MILLI)).containsExactly("frame 2");
    }

    @Test
    void demandThatReturnsSeesFramesSoonWhateverTheirInterval() {
        int sequence = 0;
        for (long interval = 5 * MILLI; interval < 50 * MILLI; interval += MILLI / 2) {
            long start = stream.now;
            int frames = 0;
            while (frames < 280) {
                stream.demand = frames >= 200; // seen after a look's pause, in which up to 40 come
                int committed = (int) ((stream.now - start) / interval);
                long lateNanos = stream.now - start - committed * interval;
                if (committed > frames && frames > 245) {
                    assertThat(lateNanos).as("frame %d, %d ns apart", committed, interval).isLessThan(MILLI + 10_000);
                }
                if (committed > frames) {
                    sequence += committed - frames;
                    frames = committed;
                    image.key(sequence, sequence);
                }
                stream.turn();
            }
        }
    }

    @Test
    void aRestartWithoutDemandIsTold() {
        image.key(5, 5);
        after(MILLI);
        stream.demand = false;
        image.sequence(0);
        assertThat(after(10 * MILLI)).containsExactly("WRITER_RESTART 0");
        image.key(5, 5);
        after(10 * MILLI);
        stream.demand = true;
        assertThat(after(5 * MILLI)).containsExactly("frame 5");
    }
}
