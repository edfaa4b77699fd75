package io.sdros.shm.reader;

import static io.sdros.shm.reader.LoopHarness.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.HistoryRecordLayout;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the loop makes of a history: bursts, those who come, and what becomes of the file. Made-up time. */
class StreamHistoryTest {

    private static final int SLOT_BYTES = 4_096;

    @TempDir
    Path folder;
    private LoopHarness stream;
    private ShmWriter writer;

    @BeforeEach
    void prepare() throws IOException {
        writer = newWriter(65_536);
        stream = new LoopHarness(folder.resolve("frames"));
    }

    @AfterEach
    void close() {
        writer.close();
    }

    private ShmWriter newWriter(int historyBytes) throws IOException {
        return ShmWriter.builder(folder.resolve("frames")).regionBytes(SLOT_BYTES).historyBytes(historyBytes).bell(false)
                .open();
    }

    private void write(int frames, boolean keyframe) {
        for (int i = 0; i < frames; i++) {
            writer.write(ByteBuffer.allocate(100), 0, keyframe && i == 0 ? FrameFlags.KEYFRAME : 0, Codecs.H264);
        }
    }

    private List<String> after(long nanos) {
        stream.runFor(nanos);
        return stream.heard.take();
    }

    @Test
    void whatHasComeMeanwhileIsOneBurst() {
        write(1, true);
        assertThat(after(30 * MILLI)).endsWith("frame 1");
        write(20, false);
        List<String> expected = new ArrayList<>();
        for (int i = 2; i <= 21; i++) {
            expected.add("frame " + i);
        }
        assertThat(after(MILLI / 2)).containsExactlyElementsOf(expected);
        assertThat(stream.statistics.framesLost()).isZero();
        assertThat(stream.statistics.history()).isTrue();
    }

    @Test
    void whoComesBeginsWithTheLatestKeyframeInOneTurnBeforeAnybodyIsLetIn() {
        List<String> heard = new ArrayList<>();
        stream = new LoopHarness(folder.resolve("frames"), true, 128, Optional.of(new FrameStreamListener() {
            @Override
            public void onFrame(Frame frame) {
                heard.add("frame " + frame.frameSeq());
            }

            @Override
            public void onDiscontinuity(Discontinuity reason, long lostFrames) {
                heard.add(reason + " " + lostFrames);
            }

            @Override
            public void onPoll(long nowNanos) {
                heard.add("chores");
            }
        }));
        stream.demand = false;
        write(3, true);
        stream.runFor(300 * MILLI);
        assertThat(heard).containsOnly("chores");
        heard.clear();
        stream.demand = true;
        stream.turn();
        assertThat(heard).containsExactly("frame 1", "frame 2", "frame 3", "chores");
        stream.demand = false;
        stream.runFor(300 * MILLI);
        heard.clear();
        stream.demand = true;
        stream.turn();
        assertThat(heard).as("again, though nothing has come")
                .containsExactly("RESUMED 0", "frame 1", "frame 2", "frame 3", "chores");
        stream.demand = false;
        stream.runFor(300 * MILLI);
        write(1, false);
        write(2, true);
        heard.clear();
        stream.demand = true;
        stream.turn();
        assertThat(heard).containsExactly("RESUMED 0", "frame 5", "frame 6", "chores");
        assertThat(stream.statistics.framesLost()).isZero();
    }

    @Test
    void nothingOfTheHistoryIsReadWhileNobodyWatches() {
        write(1, true);
        assertThat(after(30 * MILLI)).endsWith("frame 1");
        stream.demand = false;
        stream.runFor(200 * MILLI);
        int allocations = stream.allocations;
        for (int i = 0; i < 100; i++) {
            write(10, true);
            stream.runFor(100 * MILLI);
        }
        assertThat(stream.heard.take()).isEmpty();
        assertThat(stream.allocations).isEqualTo(allocations);
        assertThat(stream.statistics.sequence()).isEqualTo(1001);
        assertThat(stream.statistics.historyLaps()).isZero();
    }

    @Test
    void anOldWriterThatGivesTheFileItsOldSizeIsReadInTheSlot() throws IOException {
        write(3, true);
        assertThat(after(30 * MILLI)).endsWith("frame 3");
        try (FileChannel other = FileChannel.open(folder.resolve("frames"), StandardOpenOption.WRITE)) {
            other.truncate(SLOT_BYTES);
        }
        RegionImage old = RegionImage.inFile(folder.resolve("frames"), SLOT_BYTES);
        old.sequence(0).writeLength(0);
        assertThat(after(1_000 * MILLI)).contains("WRITER_RESTART 0");
        old.key(1, 1);
        assertThat(after(30 * MILLI)).containsExactly("frame 1");
        assertThat(stream.statistics.history()).isFalse();
    }

    @Test
    void aWriterThatGivesAnOldFileAHistoryIsReadThere() throws IOException {
        writer.close();
        writer = newWriter(0);
        write(1, true);
        assertThat(after(30 * MILLI)).endsWith("frame 1");
        assertThat(stream.statistics.history()).isFalse();
        writer.close();
        writer = newWriter(65_536);
        assertThat(after(500 * MILLI)).containsExactly("WRITER_RESTART 0");
        write(5, true);
        assertThat(after(MILLI)).containsExactly("frame 1", "frame 2", "frame 3", "frame 4", "frame 5");
        assertThat(stream.statistics.history()).isTrue();
    }

    @Test
    void aWriterThatIsCutShortAndGoesOnIsReadInItsNewHistory() throws IOException {
        write(3, true);
        assertThat(after(30 * MILLI)).endsWith("frame 3");
        try (FileChannel other = FileChannel.open(folder.resolve("frames"), StandardOpenOption.WRITE)) {
            other.truncate(SLOT_BYTES + 100);
        }
        write(2, true);
        stream.runFor(1_000 * MILLI);
        assertThat(stream.heard.take()).contains("frame 5");
        write(1, false);
        assertThat(after(30 * MILLI)).containsExactly("frame 6");
        assertThat(stream.statistics.history()).isTrue();
    }

    @Test
    void aRecordThatCannotBeReadIsGivenUpThoughFramesComeFasterThanThat() throws IOException {
        write(1, true);
        assertThat(after(30 * MILLI)).endsWith("frame 1");
        write(1, true);
        try (FileChannel other = FileChannel.open(folder.resolve("frames"), StandardOpenOption.WRITE)) {
            other.write(ByteBuffer.wrap(new byte[] {1}), SLOT_BYTES + 192 + HistoryRecordLayout.PAYLOAD_OFFSET);
        }
        for (int i = 0; i < 5; i++) {
            write(1, true);
            stream.runFor(2 * MILLI);
        }
        assertThat(stream.heard.take())
                .containsSequence("failure CRC_MISMATCH at 2, suppressed 0", "GAP 1", "frame 3").endsWith("frame 7");
    }
}
