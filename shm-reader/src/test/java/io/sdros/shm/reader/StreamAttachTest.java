package io.sdros.shm.reader;

import static io.sdros.shm.reader.LoopHarness.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the file, on a real file system and in made-up time. */
class StreamAttachTest {

    private static final long NOTICED = 1_000 * MILLI;

    @TempDir
    Path folder;
    private Path path;
    private LoopHarness stream;

    @BeforeEach
    void prepare() {
        path = folder.resolve("frames");
        stream = new LoopHarness(path);
    }

    private RegionImage image(int bytes) throws IOException {
        return RegionImage.inFile(path, bytes);
    }

    private void resize(long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
        }
    }

    private RegionImage replace(int bytes) throws IOException {
        Path next = folder.resolve("next");
        RegionImage image = RegionImage.inFile(next, bytes);
        Files.move(next, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return image;
    }

    @Test
    void waitsForAFileThatIsAbsentThenTooShort() throws IOException {
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).containsExactly("ABSENT: does not exist");
        assertThat(stream.statistics.attachState()).isEqualTo(AttachState.ABSENT);
        Files.write(path, new byte[0]);
        stream.runFor(NOTICED);
        resize(47);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).containsExactly("TOO_SHORT: has 0 bytes; the smallest region has 48");
        image(128).key(1, 1);
        stream.runFor(100 * MILLI);
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "frame 1");
        assertThat(stream.statistics.attaches()).isEqualTo(1);
        assertThat(stream.statistics.writerRestarts()).isZero();
    }

    @Test
    void anotherFileIsNoticedEvenWhileFramesComeOutOfTheOldOne() throws IOException {
        RegionImage old = image(128).key(1, 1);
        stream.runFor(50 * MILLI);
        replace(256).key(9, 9);
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
        path = way.resolve("frames");
        for (int offsetMillis = 0; offsetMillis < 400; offsetMillis += 20) {
            Files.deleteIfExists(way);
            Files.createSymbolicLink(way, folder);
            RegionImage frames = RegionImage.inFile(folder.resolve("frames"), 128);
            stream = new LoopHarness(path);
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
    void waitsForAFolder() throws IOException {
        path = folder.resolve("a").resolve("b").resolve("frames");
        stream = new LoopHarness(path);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).containsExactly("ABSENT: its folder does not exist");
        Files.createDirectories(path.getParent());
        image(128).key(1, 1);
        stream.runFor(100 * MILLI);
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "frame 1");
    }

    @Test
    void looksSeldomWhileThereIsNothing() {
        assertThat(stream.runFor(1_000 * MILLI)).isBetween(20, 100);
    }

    @Test
    @Tag("tools")
    void doesNotOpenWhatIsNotAFile() throws IOException, InterruptedException {
        Files.createDirectory(path);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).containsExactly("UNREADABLE: is a folder, not a regular file");
        Files.delete(path);
        Files.createSymbolicLink(path, Path.of("/dev/zero"));
        stream.runFor(NOTICED);
        assertThat(stream.statistics.attachReason()).isEqualTo("is a device, not a regular file");
        Files.delete(path);
        // Opening a pipe would wait for a writer for ever.
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
        stream.runFor(NOTICED);
        assertThat(stream.statistics.attachReason()).isEqualTo("is a named pipe, not a regular file");
        Files.delete(path);
        image(128).key(1, 1);
        stream.runFor(100 * MILLI);
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "frame 1");
    }

    @Test
    void followsALink() throws IOException {
        RegionImage.inFile(folder.resolve("target"), 128).key(1, 1);
        Files.createSymbolicLink(path, folder.resolve("target"));
        stream.turn();
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "frame 1");
    }

    @Test
    void aFileThatCannotBeReadIsLeftAloneButWhatReplacesItIsNot() throws IOException {
        // Opens, has 4096 bytes, and fails to be read: the loopback interface has no speed.
        Path unreadable = Path.of("/sys/class/net/lo/speed");
        Assumptions.assumeTrue(Files.isReadable(unreadable) && Files.size(unreadable) >= 48);
        Files.createSymbolicLink(path, unreadable);
        stream.runFor(40 * NOTICED);
        List<String> lines = stream.heard.take();
        assertThat(lines).hasSizeLessThan(20);
        assertThat(lines.get(lines.size() - 1)).isEqualTo("UNREADABLE: java.io.IOException: Invalid argument");
        assertThat(stream.statistics.attachState()).isEqualTo(AttachState.UNREADABLE);
        replace(128).key(1, 1);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).contains("ATTACHED: 128 bytes", "frame 1");
    }

    @Test
    void readsAFileLongerThanAnArrayCanBe() throws IOException {
        image(128).key(1, 1);
        resize(3L << 30);
        stream.turn();
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 3221225472 bytes", "frame 1");
        image(128).writeLength((3L << 30) - 16).sequence(2);
        stream.runFor(50 * MILLI);
        assertThat(stream.statistics.failures(ReadOutcome.INVALID_LENGTH)).isEqualTo(1);
        image(128).key(3, 2);
        stream.runFor(50 * MILLI);
        assertThat(stream.heard.take()).contains("frame 2");
    }

    @Test
    void waitsForPermission() throws IOException {
        image(128).key(1, 1);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
        boolean mayReadAnyway = Files.isReadable(path);
        stream.runFor(NOTICED);
        if (mayReadAnyway) {
            // Whoever runs this is above permissions; then the file is simply readable.
            assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "frame 1");
            return;
        }
        assertThat(stream.heard.take()).hasSize(1).first().asString().matches(
                "UNREADABLE: permission denied by the file \\(owner \\S+:\\S+, mode 0000\\); this process runs as .+");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r--r--"));
        stream.runFor(100 * MILLI);
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "frame 1");
    }

    @Test
    void waitsForAPathThatCannotExist() throws IOException {
        Files.write(folder.resolve("file"), new byte[1]);
        stream = new LoopHarness(folder.resolve("file").resolve("frames"));
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).hasSize(1).first().asString()
                .as("later JDKs say that such a file does not exist")
                .matches("(UNREADABLE: Not a directory|ABSENT: does not exist)");
    }

    @Test
    void noticesAnotherFileUnderThePath() throws IOException {
        image(128).key(5, 5);
        stream.runFor(50 * MILLI);
        stream.heard.take();
        // The very numbers that would have come next.
        replace(256).delta(6, 6);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take())
                .containsExactly("ATTACHED: replaced by another file; 256 bytes", "WRITER_RESTART 0", "skipped");
        assertThat(stream.statistics.writerRestarts()).isEqualTo(1);
        assertThat(stream.statistics.framesLost()).isZero();
    }

    @Test
    void theSameNumberInAnotherFileIsAnotherFrame() throws IOException {
        image(128).key(5, 5);
        stream.runFor(3_000 * MILLI);
        stream.heard.take();
        replace(128).key(5, 5);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take())
                .containsExactly("ATTACHED: replaced by another file; 128 bytes", "WRITER_RESTART 0", "frame 5");
        assertThat(stream.statistics.lastFrameAgeNanos()).as("nobody was seen to write either of them").isEmpty();
    }

    @Test
    void aFrameThatWasThereBeforeIsDeliveredButNoSignOfLife() throws IOException {
        RegionImage image = image(128).key(5, 5);
        stream.runFor(10_000 * MILLI);
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "frame 5");
        assertThat(stream.statistics.sequence()).isEqualTo(5);
        assertThat(stream.statistics.lastFrameAgeNanos()).isEmpty();
        image.delta(6, 6);
        stream.runFor(20 * MILLI);
        assertThat(stream.statistics.lastFrameAgeNanos().orElseThrow()).isLessThanOrEqualTo(20 * MILLI);
    }

    @Test
    void whatIsNoRegionHasNoFrameAge() throws IOException {
        Files.writeString(path, "A text file of more than 48 bytes, whose first eight are some number or other.\n");
        stream.runFor(10_000 * MILLI);
        assertThat(stream.statistics.attachState()).isEqualTo(AttachState.ATTACHED);
        assertThat(stream.statistics.sequence()).isNotZero();
        assertThat(stream.statistics.lastFrameAgeNanos()).isEmpty();
        assertThat(stream.heard.frames).isEmpty();
    }

    @Test
    void theAgeOfTheLastFrameGoesOnWhenAFileNobodyWritesTakesItsPlace() throws IOException {
        image(128).key(5, 5);
        stream.turn();
        image(128).key(6, 6);
        stream.runFor(20 * MILLI);
        assertThat(stream.statistics.lastFrameAgeNanos()).isPresent();
        replace(128).key(7, 7);
        stream.runFor(3_000 * MILLI);
        assertThat(stream.statistics.sequence()).isEqualTo(7);
        assertThat(stream.statistics.lastFrameAgeNanos().orElseThrow()).isGreaterThan(2_900 * MILLI);
        Files.delete(path);
        stream.runFor(NOTICED);
        assertThat(stream.statistics.lastFrameAgeNanos().orElseThrow()).isGreaterThan(3_900 * MILLI);
    }

    @Test
    void aWriterThatStartsOverInPlaceIsASignOfLifeEvenWithTheNumberOfBefore() throws IOException {
        RegionImage image = image(128).key(5, 5);
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
        image(128).key(5, 5);
        stream.runFor(50 * MILLI);
        Files.delete(path);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).endsWith("ABSENT: removed; does not exist");
        assertThat(stream.statistics.sequence()).isEqualTo(5);
        image(128).key(1, 1);
        stream.runFor(100 * MILLI);
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "WRITER_RESTART 0", "frame 1");
    }

    @Test
    void aFileThatGrewIsTheSameRegion() throws IOException {
        RegionImage image = image(128).key(5, 5);
        stream.runFor(50 * MILLI);
        stream.heard.take();
        resize(8192);
        image.delta(6, 6);
        stream.runFor(NOTICED);
        byte[] large = new byte[8192 - 48];
        image(8192).commit(7, RegionImage.headerOf(7, false, large), large);
        stream.runFor(50 * MILLI);
        assertThat(stream.heard.take()).containsExactly("frame 6", "frame 7");
        assertThat(stream.statistics.writerRestarts()).isZero();
    }

    @Test
    void aTruncatedFileIsAttachedAnewAndItsWriterHasStartedOver() throws IOException {
        byte[] large = new byte[20_000];
        image(32_768).commit(5, RegionImage.headerOf(5, true, large), large);
        stream.runFor(50 * MILLI);
        stream.heard.take();
        resize(4096);
        image(4096).delta(6, 6);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).containsSubsequence(
                "ATTACHED: truncated from 32768 bytes; 4096 bytes", "WRITER_RESTART 0", "skipped");
        assertThat(stream.statistics.attachState()).isEqualTo(AttachState.ATTACHED);
    }

    @Test
    void warnsOnceAboutASmallFile() throws IOException {
        stream = new LoopHarness(path, true, 256, Optional.empty());
        image(128).key(1, 1);
        stream.runFor(50 * MILLI);
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "small 128 < 256", "frame 1");
        replace(200).key(1, 1);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).doesNotContain("small 200 < 256");
        replace(256);
        stream.runFor(NOTICED);
        replace(128);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).contains("small 128 < 256");
    }

    @Test
    void survivesPagesThatVanishUnderTheLook() throws IOException {
        RegionImage image = image(4096).key(1, 1);
        // Long enough for the loop to be compiled, where a fault is reported late.
        stream.runFor(40_000 * MILLI);
        stream.heard.take();
        for (int round = 0; round < 5; round++) {
            resize(0);
            stream.runFor(3_000 * MILLI);
            assertThat(stream.heard.take()).hasSize(1).first().asString().startsWith("TOO_SHORT: ");
            image = image(4096).key(1, 1);
            stream.runFor(3_000 * MILLI);
            assertThat(stream.heard.take()).containsExactly("ATTACHED: 4096 bytes", "WRITER_RESTART 0", "frame 1");
        }
    }

    @Test
    void handsOverNothingOfAFileThatLostPagesUnderTheCopyEvenWithoutCrc() throws IOException {
        stream = new LoopHarness(path, false, 128, Optional.empty());
        byte[] large = new byte[100_000];
        java.util.Arrays.fill(large, (byte) 7);
        RegionImage image = image(131_072);
        for (int i = 1; i <= 20_000; i++) {
            image.commit(i, RegionImage.headerOf(i, true, large), large);
            stream.turn();
            stream.heard.frames.clear();
        }
        stream.runFor(10 * MILLI);
        stream.heard.frames.clear();
        stream.heard.take();
        image.commit(20_001, RegionImage.headerOf(20_001, true, large), large);
        resize(4096);
        stream.runFor(NOTICED);
        assertThat(stream.heard.frames).isEmpty();
        assertThat(stream.statistics.attachState()).isEqualTo(AttachState.ATTACHED);
        image(131_072).sequence(0).commit(1, RegionImage.headerOf(1, true, large), large);
        stream.runFor(NOTICED);
        assertThat(stream.heard.frames).as("%s", stream.heard.lines).hasSize(1);
        assertThat(stream.heard.frames.get(0).payload()).isEqualTo(ByteBuffer.wrap(large));
    }

    @Test
    void failuresBeforeAGrowthDoNotShortenTheTimeAfterIt() throws IOException {
        stream = new LoopHarness(path, false, 128, Optional.empty());
        byte[] large = new byte[10_000];
        RegionImage image = image(4096).key(1, 1);
        stream.runFor(50 * MILLI);
        for (int growth = 2; growth <= 40; growth++) {
            // Every growth is noticed at another moment of the 5 ms that a frame too long for the mapping is tried.
            stream.runFor(NOTICED - growth * MILLI / 4);
            stream.heard.frames.clear();
            image = image(16_384).commit(growth, RegionImage.headerOf(growth, true, large), large);
            stream.runFor(NOTICED);
            assertThat(stream.heard.frames).as("growth %d: %s", growth, stream.heard.lines).hasSize(1);
            stream.heard.take();
            resize(4096);
            stream.runFor(NOTICED);
        }
    }

    @Test
    void aRemovedFileIsHeldForLessThanASecond() throws IOException {
        image(65_536).key(1, 1);
        stream.runFor(50 * MILLI);
        assertThat(descriptors()).isEqualTo(1);
        Files.delete(path);
        stream.runFor(NOTICED);
        assertThat(descriptors()).isZero();
    }

    @Test
    void replacingTheFileOverAndOverCostsNoDescriptors() throws IOException {
        image(65_536).key(1, 1);
        stream.runFor(50 * MILLI);
        for (int i = 0; i < 60; i++) {
            replace(65_536).key(1, 1);
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
