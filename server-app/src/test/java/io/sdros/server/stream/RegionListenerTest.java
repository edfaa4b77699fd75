package io.sdros.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.fanout.Broadcaster;
import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.reader.AttachState;
import io.sdros.shm.reader.Discontinuity;
import io.sdros.shm.reader.ReadFailure;
import io.sdros.shm.reader.ReadOutcome;
import io.sdros.transport.undertow.VideoMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RegionListenerTest {

    private static final Path REGION = Path.of("/r/frames");
    private static final long TURN_NANOS = 20_000_000;

    private final LoggedLines lines = new LoggedLines();
    private final RegionListener untimed =
            new RegionListener(publisher(Optional.empty()), lines, System::nanoTime, () -> { });
    private long nowNanos = -7;
    private final FramePublisher publisher = publisher(Optional.of(Duration.ofSeconds(5)));
    private final RegionListener timed = new RegionListener(publisher, lines, () -> nowNanos, () -> { });

    private final MemoryRegion region = new MemoryRegion(() -> nowNanos);

    private FramePublisher publisher(Optional<Duration> keyframeTimeout) {
        return new FramePublisher(Broadcaster.<VideoMessage>builder().build(), keyframeTimeout, true, false, lines);
    }

    /** Two writers on one region look like one that starts over with every frame, and so does one that numbers none. */
    @Test
    void aWriterThatStartsOverWithEveryFrameDoesNotFloodTheLog() {
        for (int i = 0; i < 10_000; i++) {
            untimed.onDiscontinuity(Discontinuity.WRITER_RESTART, 0);
        }

        assertThat(lines.messages).first().isEqualTo("The writer has started over");
        assertThat(lines.messages).hasSizeLessThan(100); // one, unless the machine sleeps meanwhile
    }

    @Test
    void ofARegionThatComesAndGoesTheEndIsToldAndNotEveryChange() {
        for (int i = 0; i < 475; i++) { // ends in the midst of a minute
            timed.onAttach(AttachState.ABSENT, REGION, "removed");
            pass(Duration.ofMillis(300));
            timed.onAttach(AttachState.ATTACHED, REGION, "4096 bytes");
            pass(Duration.ofMillis(300));
        }
        assertThat(lines.messages).hasSizeLessThanOrEqualTo(6 * 6);
        assertThat(lines.messages.get(0)).isEqualTo("No frames can be read from /r/frames: removed; waiting for it");

        timed.onAttach(AttachState.ABSENT, REGION, "does not exist");
        pass(Duration.ofMinutes(2));
        assertThat(lines.messages).last().asString()
                .matches("No frames can be read from /r/frames: does not exist; waiting for it( \\(and \\d+ changes more .*)?");
        int told = lines.messages.size();
        pass(Duration.ofMinutes(10));
        assertThat(lines.messages).hasSize(told);
    }

    @Test
    void framesThatCannotBeReadAreToldOfAtALimitedRateAndAllCounted() {
        long untold = 0;
        for (int i = 0; i < 60; i++) {
            pass(Duration.ofSeconds(5));
            timed.onReadFailure(new ReadFailure(ReadOutcome.CRC_MISMATCH, i, 10, false));
        }
        assertThat(lines.messages).hasSizeBetween(25, 31).first().asString().isEqualTo(
                "Gave up the frame with sequence 0: crc mismatch (and 10 more since the last report)");
        for (String line : lines.messages) {
            untold += Long.parseLong(line.replaceAll(".*and (\\d+) more.*", "$1")) + 1;
        }
        assertThat(untold).as("but for those since the last line").isBetween(50L * 11, 60L * 11);
    }

    @Test
    void missingKeyframesAreToldOfAndTheirReturn() {
        for (int i = 0; i < 90; i++) {
            timed.onFrame(region.frame(0, Codecs.H264, FrameEditorTest.DELTA));
            pass(Duration.ofMillis(1000));
        }
        assertThat(lines.messages).hasSize(2).allSatisfy(line -> assertThat(line)
                .matches("No keyframe for \\d+ s though frames arrive: .*SDR_IDR_SUBJECT.*SDR_KEYFRAME_GATING=false"));
        assertThat(publisher.keyframeMissing()).isPresent();
        pass(Duration.ofMinutes(3));
        assertThat(lines.messages).as("frames do not arrive any more").hasSize(2);

        publisher.readingStops();
        pass(Duration.ofSeconds(1));
        assertThat(publisher.keyframeMissing()).as("nobody reads, so nobody knows").isEmpty();
        assertThat(lines.messages).hasSize(2);
    }

    /** The path with what could break a line. */
    @Test
    void aPathIsToldWithoutControlCharacters() {
        timed.onAttach(AttachState.ATTACHED, Path.of("/r/a\nb\u001b[31m"), "1 byte");

        assertThat(lines.messages).containsExactly("Attached to /r/a\\nb\\u001b[31m (1 byte)");
    }

    /** In steps of the reader's turns. */
    private void pass(Duration time) {
        for (long left = time.toNanos(); left > 0; left -= TURN_NANOS) {
            nowNanos += TURN_NANOS;
            timed.onPoll(nowNanos);
        }
    }
}
