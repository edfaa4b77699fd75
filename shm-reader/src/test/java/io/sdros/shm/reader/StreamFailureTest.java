package io.sdros.shm.reader;

import static io.sdros.shm.reader.LoopHarness.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.FrameHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a frame that cannot be read is tried, and how it is counted and told, in made-up time. */
class StreamFailureTest {

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
    void givesUpAfterFiveMillisecondsCountsOnceAndLooksCalmlyAfterwards() {
        image.key(1, 1).payload((byte) 99);
        int turns = stream.runFor(4 * MILLI);
        assertThat(turns).isLessThan(100);
        assertThat(stream.heard.take()).isEmpty();
        assertThat(after(2 * MILLI)).containsExactly("failure CRC_MISMATCH at 1, suppressed 0");
        assertThat(stream.statistics.failures(ReadOutcome.CRC_MISMATCH)).isEqualTo(1);
        assertThat(stream.statistics.retries()).isBetween(50L, 110L);
        assertThat(stream.runFor(100 * MILLI)).isLessThan(110);
        assertThat(stream.statistics.failures(ReadOutcome.CRC_MISMATCH)).isEqualTo(1);
    }

    @Test
    void everyReasonIsCountedUnderItsName() {
        image.key(1, 1).writeLength(0);
        after(6 * MILLI);
        image.key(2, 2).writeLength(38);
        after(6 * MILLI);
        image.key(3, 3).payload((byte) 99);
        after(6 * MILLI);
        assertThat(stream.statistics.failures(ReadOutcome.INVALID_LENGTH)).isEqualTo(1);
        assertThat(stream.statistics.failures(ReadOutcome.BAD_HEADER)).isEqualTo(1);
        assertThat(stream.statistics.failures(ReadOutcome.CRC_MISMATCH)).isEqualTo(1);
        assertThat(stream.statistics.failures(ReadOutcome.TORN_READ)).isZero();
        assertThat(stream.statistics.failures(ReadOutcome.FRAME)).isZero();
    }

    @Test
    void aHeapWithoutRoomIsAFailureOfItsOwnAndReadingGoesOn() {
        stream.allocatableBytes = 36;
        image.key(1, 1);
        assertThat(after(20 * MILLI)).containsExactly("failure OUT_OF_MEMORY at 1, suppressed 0");
        image.key(2, 2);
        assertThat(after(20 * MILLI)).as("said at a limited rate").isEmpty();
        assertThat(stream.statistics.failures(ReadOutcome.OUT_OF_MEMORY)).isEqualTo(2);
        assertThat(stream.statistics.failures(ReadOutcome.INVALID_LENGTH)).isZero();
        assertThat(stream.allocations).as("what failed is not tried again at once").isEqualTo(1);
        byte[] small = {1, 2};
        image.commit(3, RegionImage.headerOf(3, true, small), small);
        assertThat(after(20 * MILLI)).containsExactly("frame 3");
        stream.allocatableBytes = 1_000;
        image.key(4, 4);
        assertThat(after(20 * MILLI)).as("the heap had room a moment ago").containsExactly("frame 4");
    }

    @Test
    void aHeapWithoutRoomIsAskedAgainAfterAWhile() {
        stream.allocatableBytes = 0;
        image.key(1, 1);
        after(20 * MILLI);
        stream.allocatableBytes = 1_000;
        image.key(2, 2);
        assertThat(after(20 * MILLI)).isEmpty();
        after(FrameMemory.PAUSE_NANOS);
        image.key(3, 3);
        assertThat(after(20 * MILLI)).containsExactly("frame 3");
    }

    @Test
    void aFailureThatPassesIsNotCounted() {
        image.key(1, 1).writeLength(0);
        after(2 * MILLI);
        image.writeLength(37);
        assertThat(after(MILLI)).containsExactly("frame 1");
        assertThat(stream.statistics.failures(ReadOutcome.INVALID_LENGTH)).isZero();
        assertThat(stream.statistics.retries()).isPositive();
    }

    @Test
    void reportsFailuresAtALimitedRateAndHintsAtCrcOff() {
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= 600; i++) {
            image.commit(i, new FrameHeader(i, i, 1, 1, 1, 0, 0), (byte) 1);
            lines.addAll(after(20 * MILLI));
        }
        assertThat(stream.statistics.failures(ReadOutcome.CRC_MISMATCH)).isEqualTo(600);
        assertThat(lines).hasSizeBetween(2, 4);
        assertThat(lines.get(0)).isEqualTo("failure CRC_MISMATCH at 1, suppressed 0, CRC off?");
        assertThat(lines.get(1)).matches("failure CRC_MISMATCH at \\d+, suppressed 2\\d\\d, CRC off\\?");
    }
}
