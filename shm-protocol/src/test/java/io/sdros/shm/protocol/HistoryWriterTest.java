package io.sdros.shm.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryWriterTest {

    private static final int SLOT_BYTES = 32_768;
    private static final int RING_BYTES = 65_536;
    private static final int RING_OFFSET = 32_768;
    private static final int DESCRIPTOR_OFFSET = RING_OFFSET + RING_BYTES;
    private static final int FILE_BYTES = DESCRIPTOR_OFFSET + 4096;
    private static final ByteBuffer DIGITS = ByteBuffer.wrap("123456789".getBytes(StandardCharsets.US_ASCII));

    @TempDir
    Path folder;

    private final ByteBuffer memory = ByteBuffer.allocate(FILE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final List<Integer> stored = new ArrayList<>();
    private final List<Long> epochs = new ArrayList<>(List.of(0L, 0x1122_3344_5566_7788L, 2L, 3L));
    private long now = 0x0A00;
    private int roomBytes = FILE_BYTES;
    private int slotRoomBytes = SLOT_BYTES;

    /** Memory that notes where something is stored, and has no room from a certain byte on. */
    private final class Memory implements RegionSink {

        private final MemorySink backing = new MemorySink(memory);

        @Override
        public void store(ByteBuffer source, long position) throws IOException {
            long end = position + source.remaining();
            if (end > roomBytes && position < DESCRIPTOR_OFFSET || end > slotRoomBytes && position < RING_OFFSET) {
                throw new IOException("No space left on device");
            }
            stored.add((int) position);
            backing.store(source, position);
        }

        @Override
        public long sizeBytes() {
            return backing.sizeBytes();
        }

        @Override
        public void close() {
            backing.close();
        }
    }

    private ShmWriter writer() throws IOException {
        Memory file = new Memory();
        HistoryWriter history = new HistoryWriter(file, SLOT_BYTES, RING_BYTES, () -> epochs.remove(0), () -> now++);
        history.begin();
        return new ShmWriter(file, SLOT_BYTES, true, Optional.of(history));
    }

    private String hex(int offset, int bytes) {
        return HexFormat.of().formatHex(memory.array(), offset, offset + bytes);
    }

    private long descriptor(int offset) {
        return memory.getLong(DESCRIPTOR_OFFSET + offset);
    }

    @Test
    void writesExactlyTheseBytes() throws IOException {
        ShmWriter writer = writer();
        assertThat(writer.write(DIGITS, 0x1122, FrameFlags.KEYFRAME, Codecs.HEVC, 0x0908)).isTrue();
        assertThat(writer.write(DIGITS, 0x1123, 0, Codecs.HEVC)).isTrue();
        assertThat(hex(RING_OFFSET, 64 + 16)).isEqualTo("80000000" + "01000000" + "0100000000000000"
                + "0809000000000000" + "000a000000000000"
                + "2211000000000000" + "0100000000000000" + "09000000" + "0100" + "0200" + "2639f4cb" + "00000000"
                + "313233343536373839" + "00000000000000");
        assertThat(hex(RING_OFFSET + 128, 64)).isEqualTo("80000000" + "01000000" + "0200000000000000"
                + "0000000000000000" + "010a000000000000"
                + "2311000000000000" + "0200000000000000" + "09000000" + "0000" + "0200" + "2639f4cb" + "00000000");
        assertThat(hex(DESCRIPTOR_OFFSET, 48)).isEqualTo("5344524849535431" + "01000000" + "00000000"
                + "0080000000000000" + "0080000000000000" + "0000010000000000" + "8877665544332211");
        assertThat(hex(DESCRIPTOR_OFFSET + 64, 8)).as("tail intent").isEqualTo("0001000000000000");
        assertThat(hex(DESCRIPTOR_OFFSET + 128, 8)).as("tail").isEqualTo("0001000000000000");
        assertThat(hex(DESCRIPTOR_OFFSET + 192, 8)).as("latest").isEqualTo("8000000000000000");
        assertThat(hex(DESCRIPTOR_OFFSET + 256, 8)).as("latest keyframe").isEqualTo("0000000000000000");
        assertThat(hex(0, 16)).as("the slot").isEqualTo("0200000000000000" + "2900000000000000");
    }

    @Test
    void nothingIsInItAtFirst() throws IOException {
        writer();
        assertThat(descriptor(HistoryLayout.TAIL_OFFSET)).isZero();
        assertThat(descriptor(HistoryLayout.LATEST_OFFSET)).isEqualTo(HistoryLayout.NONE);
        assertThat(descriptor(HistoryLayout.LATEST_KEYFRAME_OFFSET)).isEqualTo(HistoryLayout.NONE);
    }

    @Test
    void theIntentIsStoredBeforeTheRecordAndTheTailAfterItAndThenTheSlot() throws IOException {
        ShmWriter writer = writer();
        stored.clear();
        writer.write(DIGITS, 1, FrameFlags.KEYFRAME, Codecs.H264);
        assertThat(stored).containsExactly(DESCRIPTOR_OFFSET + 64, RING_OFFSET + 64, RING_OFFSET,
                DESCRIPTOR_OFFSET + 192, DESCRIPTOR_OFFSET + 256, DESCRIPTOR_OFFSET + 128, 8, 16, 48, 8, 0);
    }

    @Test
    void whatDoesNotFitBeforeTheEndOfTheRingGoesToItsBeginning() throws IOException {
        ShmWriter writer = writer();
        for (int i = 0; i < 4; i++) {
            writer.write(ByteBuffer.allocate(15_000), i, FrameFlags.KEYFRAME, Codecs.H264);
        }
        int recordBytes = 15_104;
        assertThat(descriptor(HistoryLayout.TAIL_OFFSET)).isEqualTo(4 * recordBytes);
        writer.write(ByteBuffer.allocate(15_000), 4, 0, Codecs.H264);
        assertThat(hex(RING_OFFSET + 4 * recordBytes, 8)).as("padding of 5120 bytes")
                .isEqualTo("00140000" + "00000000");
        assertThat(memory.getLong(RING_OFFSET + HistoryRecordLayout.SEQUENCE_OFFSET)).isEqualTo(5);
        assertThat(descriptor(HistoryLayout.TAIL_INTENT_OFFSET)).isEqualTo(RING_BYTES + recordBytes);
        assertThat(descriptor(HistoryLayout.TAIL_OFFSET)).isEqualTo(RING_BYTES + recordBytes);
        assertThat(descriptor(HistoryLayout.LATEST_OFFSET)).isEqualTo(RING_BYTES);
        assertThat(descriptor(HistoryLayout.LATEST_KEYFRAME_OFFSET)).isEqualTo(3 * recordBytes);
    }

    @Test
    void aRecordThatFillsTheRingExactlyIsFollowedByNoPadding() throws IOException {
        ShmWriter writer = writer();
        for (int i = 0; i < 5; i++) {
            assertThat(writer.write(ByteBuffer.allocate(16_384 - 64), i, 0, Codecs.H264)).isTrue();
        }
        assertThat(writer.framesNotInHistory()).isZero();
        assertThat(descriptor(HistoryLayout.TAIL_OFFSET)).isEqualTo(5 * 16_384);
        assertThat(descriptor(HistoryLayout.LATEST_OFFSET)).isEqualTo(RING_BYTES);
    }

    @Test
    void aFrameThatWouldTakeMoreThanAQuarterOfTheRingGoesIntoTheSlotOnly() throws IOException {
        ShmWriter writer = writer();
        assertThat(writer.write(ByteBuffer.allocate(16_384 - 63), 1, FrameFlags.KEYFRAME, Codecs.H264)).isTrue();
        assertThat(writer.framesNotInHistory()).isEqualTo(1);
        assertThat(descriptor(HistoryLayout.TAIL_OFFSET)).isZero();
        assertThat(memory.getLong(0)).as("the slot's sequence").isEqualTo(1);
        assertThat(writer.write(DIGITS, 2, 0, Codecs.H264)).isTrue();
        assertThat(memory.getLong(RING_OFFSET + HistoryRecordLayout.SEQUENCE_OFFSET)).isEqualTo(2);
    }

    @Test
    void aFrameTheFileSystemHasNoRoomForInTheRingIsInTheSlotAllTheSame() throws IOException {
        ShmWriter writer = writer();
        roomBytes = RING_OFFSET + 64;
        assertThat(writer.write(DIGITS, 1, FrameFlags.KEYFRAME, Codecs.H264)).isTrue();
        assertThat(memory.getLong(0)).isEqualTo(1);
        assertThat(writer.framesNotInHistory()).isEqualTo(1);
        assertThat(descriptor(HistoryLayout.TAIL_OFFSET)).isZero();
        assertThat(descriptor(HistoryLayout.LATEST_KEYFRAME_OFFSET)).isEqualTo(HistoryLayout.NONE);
        roomBytes = FILE_BYTES;
        assertThat(writer.write(DIGITS, 2, FrameFlags.KEYFRAME, Codecs.H264)).isTrue();
        assertThat(descriptor(HistoryLayout.TAIL_OFFSET)).isEqualTo(128);
        assertThat(memory.getLong(RING_OFFSET + HistoryRecordLayout.SEQUENCE_OFFSET)).isEqualTo(2);
    }

    @Test
    void aFrameThatIsInTheHistoryOnlyHasANumberOfItsOwn() throws IOException {
        ShmWriter writer = writer();
        slotRoomBytes = RegionLayout.PAYLOAD_OFFSET;
        assertThatThrownBy(() -> writer.write(DIGITS, 1, FrameFlags.KEYFRAME, Codecs.H264))
                .isInstanceOf(UncheckedIOException.class);
        slotRoomBytes = SLOT_BYTES;
        assertThat(writer.write(DIGITS, 2, 0, Codecs.H264)).isTrue();
        assertThat(memory.getLong(RING_OFFSET + HistoryRecordLayout.SEQUENCE_OFFSET)).isEqualTo(1);
        assertThat(memory.getLong(RING_OFFSET + 128 + HistoryRecordLayout.SEQUENCE_OFFSET)).isEqualTo(2);
        assertThat(memory.getLong(0)).as("the slot's sequence").isEqualTo(2);
        roomBytes = RegionLayout.PAYLOAD_OFFSET;
        assertThatThrownBy(() -> writer.write(DIGITS, 3, 0, Codecs.H264)).isInstanceOf(UncheckedIOException.class);
        roomBytes = FILE_BYTES;
        assertThat(writer.write(DIGITS, 4, 0, Codecs.H264)).isTrue();
        assertThat(memory.getLong(0)).as("what is nowhere has none").isEqualTo(3);
    }

    @Test
    void aFileHasItUnlessToldOtherwiseAndEveryStartHasItsOwnEpoch() throws IOException {
        Path file = folder.resolve("frames");
        ShmWriter.builder(file).regionBytes(5_000).historyBytes(RING_BYTES).open().close();
        assertThat(Files.size(file)).isEqualTo(8_192 + RING_BYTES + 4_096);
        long first = epoch(file);
        ShmWriter.builder(file).regionBytes(5_000).historyBytes(RING_BYTES).open().close();
        assertThat(epoch(file)).isNotEqualTo(first).isNotZero();
        ShmWriter.builder(file).open().close();
        assertThat(Files.size(file)).isEqualTo(4_194_304 + 8_388_608 + 4_096);
        ShmWriter.builder(file).regionBytes(5_000).historyBytes(0).open().close();
        assertThat(Files.size(file)).isEqualTo(5_000);
    }

    private static long epoch(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int descriptor = bytes.capacity() - 4096;
        assertThat(bytes.getLong(descriptor)).isEqualTo(HistoryLayout.MAGIC);
        return bytes.getLong(descriptor + HistoryLayout.EPOCH_OFFSET);
    }

    @Test
    void aFileCutShortGetsAnotherHistoryWithTheNextFrame() throws IOException {
        Path file = folder.resolve("frames");
        for (int bytes : new int[] {0, 48, 5_000, 8_192 + 70, 8_192 + RING_BYTES, 8_192 + RING_BYTES + 72}) {
            try (ShmWriter writer = ShmWriter.builder(file).regionBytes(5_000).historyBytes(RING_BYTES).open();
                    FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
                writer.write(DIGITS, 1, 0, Codecs.H264);
                long before = epoch(file);
                other.truncate(bytes);
                writer.write(DIGITS, 2, 0, Codecs.H264);
                assertThat(Files.size(file)).isEqualTo(8_192 + RING_BYTES + 4_096);
                assertThat(epoch(file)).isNotEqualTo(before);
                ByteBuffer now = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
                assertThat(now.getLong(8_192 + HistoryRecordLayout.SEQUENCE_OFFSET)).isEqualTo(2);
            }
        }
    }

    @Test
    void refusesARingThatIsNone() {
        ShmWriter.Builder builder = ShmWriter.builder(folder.resolve("frames"));
        for (int bytes : new int[] {-1, 1, 32_768, 65_537, 1 << 31}) {
            assertThatThrownBy(() -> builder.historyBytes(bytes)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("power of two");
        }
    }
}
