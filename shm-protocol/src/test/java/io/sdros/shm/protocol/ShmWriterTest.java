package io.sdros.shm.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShmWriterTest {

    private static final byte[] DIGITS = "123456789".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("ipc").resolve("frames");
    }

    private ShmWriter.Builder writer() {
        return ShmWriter.builder(file()).regionBytes(128).historyBytes(0);
    }

    @Test
    void writesExactlyTheseBytes() throws IOException {
        try (ShmWriter writer = writer().open()) {
            assertThat(writer.write(ByteBuffer.wrap(DIGITS), 0x1122, FrameFlags.KEYFRAME, Codecs.HEVC)).isTrue();
        }
        String expected = "0100000000000000" + "2900000000000000"
                + "2211000000000000" + "0100000000000000" + "09000000" + "0100" + "0200" + "2639f4cb" + "00000000"
                + "313233343536373839";
        byte[] bytes = Files.readAllBytes(file());
        assertThat(bytes).hasSize(128);
        assertThat(HexFormat.of().formatHex(bytes)).startsWith(expected);
    }

    @Test
    void leavesTheCrcOutIfTold() throws IOException {
        try (ShmWriter writer = writer().crcEnabled(false).open()) {
            writer.write(ByteBuffer.wrap(DIGITS), 1, 0, Codecs.H264);
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file()));
        assertThat(FrameHeader.decode(bytes, RegionLayout.HEADER_OFFSET).crc32()).isZero();
    }

    @Test
    void numbersFramesFromOne() throws IOException {
        try (ShmWriter writer = writer().open()) {
            for (int i = 1; i <= 3; i++) {
                writer.write(ByteBuffer.allocateDirect(i), 100 + i, 0, Codecs.H264);
                ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file()));
                FrameHeader header = FrameHeader.decode(bytes, RegionLayout.HEADER_OFFSET);
                assertThat(bytes.get(0)).isEqualTo((byte) i);
                assertThat(header.frameSeq()).isEqualTo(i);
                assertThat(header.frameId()).isEqualTo(100 + i);
                assertThat(writer.framesWritten()).isEqualTo(i);
            }
        }
    }

    @Test
    void takesThePayloadBetweenPositionAndLimitAndMovesNeither() throws IOException {
        ByteBuffer payload = ByteBuffer.wrap(DIGITS, 2, 3);
        try (ShmWriter writer = writer().open()) {
            writer.write(payload, 1, 0, Codecs.H264);
        }
        assertThat(payload.position()).isEqualTo(2);
        assertThat(payload.limit()).isEqualTo(5);
        byte[] bytes = Files.readAllBytes(file());
        assertThat(Arrays.copyOfRange(bytes, 48, 52)).containsExactly('3', '4', '5', 0);
    }

    @Test
    void refusesWhatDoesNotFitAndLeavesTheLastFrameAlone() throws IOException {
        try (ShmWriter writer = writer().open()) {
            assertThat(writer.maxPayloadBytes()).isEqualTo(80);
            assertThat(writer.write(ByteBuffer.allocate(80), 1, 0, Codecs.H264)).isTrue();
            byte[] before = Files.readAllBytes(file());
            assertThat(writer.write(ByteBuffer.allocate(81), 2, 0, Codecs.H264)).isFalse();
            assertThat(Files.readAllBytes(file())).isEqualTo(before);
            assertThat(writer.framesRefused()).isEqualTo(1);
            assertThat(writer.framesWritten()).isEqualTo(1);
        }
    }

    @Test
    void aHeaderFieldThatDoesNotFitLeavesTheLastFrameAlone() throws IOException {
        try (ShmWriter writer = writer().open()) {
            writer.write(ByteBuffer.wrap(DIGITS), 1, 0, Codecs.H264);
            byte[] before = Files.readAllBytes(file());
            assertThatThrownBy(() -> writer.write(ByteBuffer.wrap(DIGITS), 2, 65536, Codecs.H264))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(Files.readAllBytes(file())).isEqualTo(before);
        }
    }

    @Test
    void reusesAFileWhateverItsSize() throws IOException {
        Files.createDirectories(file().getParent());
        for (int size : new int[] {0, 10, 128, 1000}) {
            byte[] old = new byte[size];
            Arrays.fill(old, (byte) 0x55);
            Files.write(file(), old);
            Object key = Files.getAttribute(file(), "unix:ino");
            writer().open().close();
            byte[] bytes = Files.readAllBytes(file());
            assertThat(bytes).hasSize(128);
            assertThat(Arrays.copyOf(bytes, 16)).containsOnly(0);
            assertThat(Files.getAttribute(file(), "unix:ino")).isEqualTo(key);
        }
    }

    @Test
    void givesTheFileItsPermissions() throws IOException {
        writer().fileMode(PosixFilePermissions.fromString("rw-r-----")).open().close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-r-----");
    }

    @Test
    void aFileCutShortGrowsAgainWithTheNextFrame() throws IOException {
        try (ShmWriter writer = writer().open(); FileChannel other = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            writer.write(ByteBuffer.wrap(DIGITS), 1, 0, Codecs.H264);
            other.truncate(0);
            assertThat(writer.write(ByteBuffer.wrap(DIGITS), 2, 0, Codecs.H264)).isTrue();
        }
        byte[] bytes = Files.readAllBytes(file());
        assertThat(bytes).hasSize(48 + DIGITS.length);
        assertThat(bytes[0]).isEqualTo((byte) 2);
        assertThat(bytes[8]).isEqualTo((byte) (32 + DIGITS.length));
    }

    @Test
    void aFileSystemWithoutRoomIsAnExceptionOfTheWriteAndNotItsEnd() {
        boolean[] full = {true};
        ByteBuffer memory = ByteBuffer.allocate(128);
        MemorySink backing = new MemorySink(memory);
        try (ShmWriter writer = new ShmWriter(new RegionSink() {
            @Override
            public void store(ByteBuffer source, long position) throws IOException {
                if (full[0] && position == RegionLayout.PAYLOAD_OFFSET) {
                    throw new IOException("No space left on device");
                }
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
        }, 128, true, Optional.empty())) {
            assertThatThrownBy(() -> writer.write(ByteBuffer.wrap(DIGITS), 1, 0, Codecs.H264))
                    .isInstanceOf(UncheckedIOException.class).hasRootCauseMessage("No space left on device");
            assertThat(memory.getLong(0)).as("nothing is committed").isZero();
            full[0] = false;
            assertThat(writer.write(ByteBuffer.wrap(DIGITS), 1, 0, Codecs.H264)).isTrue();
            assertThat(writer.framesWritten()).isEqualTo(1);
        }
    }

    /** Some hundred interrupts per frame: a hundred frames meet them in every call they are made of. */
    @Tag("slow")
    @Test
    void anInterruptIsTheCallersAndDisturbsNoWrite() throws Exception {
        try (ShmWriter writer = ShmWriter.builder(file()).regionBytes(1_000_000).open()) {
            Thread producer = Thread.currentThread();
            Thread interrupter = new Thread(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    producer.interrupt();
                    Thread.yield();
                }
            });
            interrupter.start();
            try {
                for (int i = 1; i <= 100; i++) {
                    assertThat(writer.write(ByteBuffer.allocate(900_000), i, 0, Codecs.H264)).isTrue();
                }
            } finally {
                interrupter.interrupt();
                while (interrupter.isAlive()) {
                    Thread.onSpinWait();
                }
            }
            assertThat(Thread.interrupted()).isTrue();
            assertThat(Files.readAllBytes(file())).startsWith(100, 0);
        }
    }

    @Test
    void aClosedWriterDoesNotWrite() throws IOException {
        ShmWriter writer = writer().open();
        writer.close();
        writer.close();
        assertThatThrownBy(() -> writer.write(ByteBuffer.allocate(1), 1, 0, Codecs.H264))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesARegionThatHoldsNoFrame() {
        assertThatThrownBy(() -> writer().regionBytes(47)).isInstanceOf(IllegalArgumentException.class);
    }
}
