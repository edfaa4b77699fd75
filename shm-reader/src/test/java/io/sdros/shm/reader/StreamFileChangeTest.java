package io.sdros.shm.reader;

import static io.sdros.shm.reader.LoopHarness.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a stream whose file is replaced, removed, cut or grows, on a real file system and in made-up time. */
class StreamFileChangeTest {

    private static final long NOTICED = 1_000 * MILLI;

    @TempDir
    Path folder;
    private StreamFile file;
    private LoopHarness stream;

    @BeforeEach
    void prepare() {
        file = new StreamFile(folder);
        stream = new LoopHarness(file.path());
    }

    @Test
    void anotherFileIsNoticedEvenWhileFramesComeOutOfTheOldOne() throws IOException {
        RegionImage old = file.image(128).key(1, 1);
        stream.runFor(50 * MILLI);
        file.replace(256).key(9, 9);
        stream.heard.take();
        long replacedNanos = stream.now;
        for (int i = 2; stream.statistics.attaches() == 1; i++) {
            assertThat(stream.now - replacedNanos).isLessThan(NOTICED);
            old.key(i, i);
            stream.runFor(10 * MILLI);
        }
        stream.runFor(50 * MILLI);
        assertThat(stream.heard.take()).endsWith("ATTACHED: replaced by another file; 256 bytes", "WRITER_RESTART 0", "frame 9");
    }

    @Test
    void aFileOutOfSightInWhichNothingHappensIsLetGoOfInASecond() throws IOException {
        Path way = folder.resolve("way");
        for (int offsetMillis = 0; offsetMillis < 400; offsetMillis += 20) {
            Files.deleteIfExists(way);
            Files.createSymbolicLink(way, folder);
            RegionImage frames = file.image(128);
            stream = new LoopHarness(way.resolve("frames"));
            for (int i = 1; i <= 50 + offsetMillis / 10; i++) {
                frames.key(i, i);
                stream.runFor(10 * MILLI);
            }
            Files.delete(way);
            Files.createSymbolicLink(way, way); // leads round in circles, so nothing can be said of the file
            long goneNanos = stream.now;
            assertThat(stream.statistics.attachState()).isEqualTo(AttachState.ATTACHED);
            while (stream.statistics.attachState() == AttachState.ATTACHED) {
                stream.turn();
                assertThat(stream.now - goneNanos).as("frames for %d ms", 500 + offsetMillis).isLessThan(NOTICED);
            }
        }
    }

    @Test
    void noticesAnotherFileUnderThePath() throws IOException {
        file.image(128).key(5, 5);
        stream.runFor(50 * MILLI);
        stream.heard.take();
        // The very numbers that would have come next.
        file.replace(256).delta(6, 6);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take())
                .containsExactly("ATTACHED: replaced by another file; 256 bytes", "WRITER_RESTART 0", "skipped");
        assertThat(stream.statistics.writerRestarts()).isEqualTo(1);
        assertThat(stream.statistics.framesLost()).isZero();
    }

    @Test
    void theSameNumberInAnotherFileIsAnotherFrame() throws IOException {
        file.image(128).key(5, 5);
        stream.runFor(3_000 * MILLI);
        stream.heard.take();
        file.replace(128).key(5, 5);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take())
                .containsExactly("ATTACHED: replaced by another file; 128 bytes", "WRITER_RESTART 0", "frame 5");
        assertThat(stream.statistics.lastFrameAgeNanos()).as("nobody was seen to write either of them").isEmpty();
    }

    @Test
    void theAgeOfTheLastFrameGoesOnWhenAFileNobodyWritesTakesItsPlace() throws IOException {
        file.image(128).key(5, 5);
        stream.turn();
        file.image(128).key(6, 6);
        stream.runFor(20 * MILLI);
        assertThat(stream.statistics.lastFrameAgeNanos()).isPresent();
        file.replace(128).key(7, 7);
        stream.runFor(3_000 * MILLI);
        assertThat(stream.statistics.sequence()).isEqualTo(7);
        assertThat(stream.statistics.lastFrameAgeNanos().orElseThrow()).isGreaterThan(2_900 * MILLI);
        Files.delete(file.path());
        stream.runFor(NOTICED);
        assertThat(stream.statistics.lastFrameAgeNanos().orElseThrow()).isGreaterThan(3_900 * MILLI);
    }

    @Test
    void aWriterThatStartsOverInPlaceIsASignOfLifeEvenWithTheNumberOfBefore() throws IOException {
        RegionImage image = file.image(128).key(5, 5);
        stream.runFor(20 * MILLI);
        image.sequence(0);
        stream.runFor(20 * MILLI);
        assertThat(stream.statistics.lastFrameAgeNanos()).as("nothing is committed yet").isEmpty();
        image.key(5, 5);
        stream.runFor(20 * MILLI);
        assertThat(stream.statistics.lastFrameAgeNanos()).isPresent();
    }

    @Test
    void noticesRemovalAndReturn() throws IOException {
        file.image(128).key(5, 5);
        stream.runFor(50 * MILLI);
        Files.delete(file.path());
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).endsWith("ABSENT: removed; does not exist");
        assertThat(stream.statistics.sequence()).isEqualTo(5);
        file.image(128).key(1, 1);
        stream.runFor(100 * MILLI);
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "WRITER_RESTART 0", "frame 1");
    }

    @Test
    void aFileThatGrewIsTheSameRegion() throws IOException {
        RegionImage image = file.image(128).key(5, 5);
        stream.runFor(50 * MILLI);
        stream.heard.take();
        file.resize(8192);
        image.delta(6, 6);
        stream.runFor(NOTICED);
        byte[] large = new byte[8192 - 48];
        file.image(8192).commit(7, RegionImage.headerOf(7, false, large), large);
        stream.runFor(50 * MILLI);
        assertThat(stream.heard.take()).containsExactly("frame 6", "frame 7");
        assertThat(stream.statistics.writerRestarts()).isZero();
    }

    @Test
    void aTruncatedFileIsAttachedAnewAndItsWriterHasStartedOver() throws IOException {
        byte[] large = new byte[20_000];
        file.image(32_768).commit(5, RegionImage.headerOf(5, true, large), large);
        stream.runFor(50 * MILLI);
        stream.heard.take();
        file.resize(4096);
        file.image(4096).delta(6, 6);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).containsSubsequence(
                "ATTACHED: truncated from 32768 bytes; 4096 bytes", "WRITER_RESTART 0", "skipped");
        assertThat(stream.statistics.attachState()).isEqualTo(AttachState.ATTACHED);
    }

    @Test
    void survivesPagesThatVanishUnderTheLook() throws IOException {
        RegionImage image = file.image(4096).key(1, 1);
        // Long enough for the loop to be compiled, where a fault is reported late.
        stream.runFor(40_000 * MILLI);
        stream.heard.take();
        for (int round = 0; round < 5; round++) {
            file.resize(0);
            stream.runFor(3_000 * MILLI);
            assertThat(stream.heard.take()).hasSize(1).first().asString().startsWith("TOO_SHORT: ");
            image = file.image(4096).key(1, 1);
            stream.runFor(3_000 * MILLI);
            assertThat(stream.heard.take()).containsExactly("ATTACHED: 4096 bytes", "WRITER_RESTART 0", "frame 1");
        }
    }

    @Test
    void handsOverNothingOfAFileThatLostPagesUnderTheCopyEvenWithoutCrc() throws IOException {
        stream = new LoopHarness(file.path(), false, 128, Optional.empty());
        byte[] large = new byte[100_000];
        Arrays.fill(large, (byte) 7);
        RegionImage image = file.image(131_072);
        for (int i = 1; i <= 20_000; i++) {
            image.commit(i, RegionImage.headerOf(i, true, large), large);
            stream.turn();
            stream.heard.frames.clear();
        }
        stream.runFor(10 * MILLI);
        stream.heard.frames.clear();
        stream.heard.take();
        image.commit(20_001, RegionImage.headerOf(20_001, true, large), large);
        file.resize(4096);
        stream.runFor(NOTICED);
        assertThat(stream.heard.frames).isEmpty();
        assertThat(stream.statistics.attachState()).isEqualTo(AttachState.ATTACHED);
        file.image(131_072).sequence(0).commit(1, RegionImage.headerOf(1, true, large), large);
        stream.runFor(NOTICED);
        assertThat(stream.heard.frames).as("%s", stream.heard.lines).hasSize(1);
        assertThat(stream.heard.frames.get(0).payload()).isEqualTo(ByteBuffer.wrap(large));
    }

    @Test
    void failuresBeforeAGrowthDoNotShortenTheTimeAfterIt() throws IOException {
        stream = new LoopHarness(file.path(), false, 128, Optional.empty());
        byte[] large = new byte[10_000];
        RegionImage image = file.image(4096).key(1, 1);
        stream.runFor(50 * MILLI);
        for (int growth = 2; growth <= 40; growth++) {
            // Every growth is noticed at another moment of the 5 ms that a frame too long for the mapping is tried.
            stream.runFor(NOTICED - growth * MILLI / 4);
            stream.heard.frames.clear();
            image = file.image(16_384).commit(growth, RegionImage.headerOf(growth, true, large), large);
            stream.runFor(NOTICED);
            assertThat(stream.heard.frames).as("growth %d: %s", growth, stream.heard.lines).hasSize(1);
            stream.heard.take();
            file.resize(4096);
            stream.runFor(NOTICED);
        }
    }

    @Test
    void aRemovedFileIsHeldForLessThanASecond() throws IOException {
        file.image(65_536).key(1, 1);
        stream.runFor(50 * MILLI);
        assertThat(descriptors()).isEqualTo(1);
        Files.delete(file.path());
        stream.runFor(NOTICED);
        assertThat(descriptors()).isZero();
    }

    @Test
    void replacingTheFileOverAndOverCostsNoDescriptors() throws IOException {
        file.image(65_536).key(1, 1);
        stream.runFor(50 * MILLI);
        for (int i = 0; i < 60; i++) {
            file.replace(65_536).key(1, 1);
            stream.runFor(400 * MILLI);
            assertThat(descriptors()).isEqualTo(1);
        }
        assertThat(stream.statistics.attaches()).isEqualTo(61);
    }

    /** How many descriptors of this process lead into the test's folder. */
    private long descriptors() throws IOException {
        long count = 0;
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            for (Path link : links.toList()) {
                try {
                    if (Files.readSymbolicLink(link).startsWith(folder.toRealPath())) {
                        count++;
                    }
                } catch (NoSuchFileException e) {
                    // Closed between listing and looking, as the listing's own is.
                    continue;
                }
            }
        }
        return count;
    }
}
