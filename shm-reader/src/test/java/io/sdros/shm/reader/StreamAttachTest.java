package io.sdros.shm.reader;

import static io.sdros.shm.reader.LoopHarness.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stream makes of the file under its path when it comes to it, on a real file system and in made-up time. */
class StreamAttachTest {

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
    void waitsForAFileThatIsAbsentThenTooShort() throws IOException {
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).containsExactly("ABSENT: does not exist");
        assertThat(stream.statistics.attachState()).isEqualTo(AttachState.ABSENT);
        Files.write(file.path(), new byte[0]);
        stream.runFor(NOTICED);
        file.resize(47);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).containsExactly("TOO_SHORT: has 0 bytes; the smallest region has 48");
        file.image(128).key(1, 1);
        stream.runFor(100 * MILLI);
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "frame 1");
        assertThat(stream.statistics.attaches()).isEqualTo(1);
        assertThat(stream.statistics.writerRestarts()).isZero();
    }

    @Test
    void waitsForAFolder() throws IOException {
        file = new StreamFile(folder.resolve("a").resolve("b"));
        stream = new LoopHarness(file.path());
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).containsExactly("ABSENT: its folder does not exist");
        Files.createDirectories(file.path().getParent());
        file.image(128).key(1, 1);
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
        Files.createDirectory(file.path());
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).containsExactly("UNREADABLE: is a folder, not a regular file");
        Files.delete(file.path());
        Files.createSymbolicLink(file.path(), Path.of("/dev/zero"));
        stream.runFor(NOTICED);
        assertThat(stream.statistics.attachReason()).isEqualTo("is a device, not a regular file");
        Files.delete(file.path());
        // Opening a pipe would wait for a writer for ever.
        assertThat(new ProcessBuilder("mkfifo", file.path().toString()).start().waitFor()).isZero();
        stream.runFor(NOTICED);
        assertThat(stream.statistics.attachReason()).isEqualTo("is a named pipe, not a regular file");
        Files.delete(file.path());
        file.image(128).key(1, 1);
        stream.runFor(100 * MILLI);
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "frame 1");
    }

    @Test
    void followsALink() throws IOException {
        RegionImage.inFile(folder.resolve("target"), 128).key(1, 1);
        Files.createSymbolicLink(file.path(), folder.resolve("target"));
        stream.turn();
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "frame 1");
    }

    @Test
    void aFileThatCannotBeReadIsLeftAloneButWhatReplacesItIsNot() throws IOException {
        // Opens, has 4096 bytes, and fails to be read: the loopback interface has no speed.
        Path unreadable = Path.of("/sys/class/net/lo/speed");
        Assumptions.assumeTrue(Files.isReadable(unreadable) && Files.size(unreadable) >= 48);
        Files.createSymbolicLink(file.path(), unreadable);
        stream.runFor(40 * NOTICED);
        List<String> lines = stream.heard.take();
        assertThat(lines).hasSizeLessThan(20);
        assertThat(lines.get(lines.size() - 1)).isEqualTo("UNREADABLE: java.io.IOException: Invalid argument");
        assertThat(stream.statistics.attachState()).isEqualTo(AttachState.UNREADABLE);
        file.replace(128).key(1, 1);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).contains("ATTACHED: 128 bytes", "frame 1");
    }

    @Test
    void readsAFileLongerThanAnArrayCanBe() throws IOException {
        file.image(128).key(1, 1);
        file.resize(3L << 30);
        stream.turn();
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 3221225472 bytes", "frame 1");
        file.image(128).writeLength((3L << 30) - 16).sequence(2);
        stream.runFor(50 * MILLI);
        assertThat(stream.statistics.failures(ReadOutcome.INVALID_LENGTH)).isEqualTo(1);
        file.image(128).key(3, 2);
        stream.runFor(50 * MILLI);
        assertThat(stream.heard.take()).contains("frame 2");
    }

    @Test
    void waitsForPermission() throws IOException {
        file.image(128).key(1, 1);
        Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("---------"));
        boolean mayReadAnyway = Files.isReadable(file.path());
        stream.runFor(NOTICED);
        if (mayReadAnyway) {
            // Whoever runs this is above permissions; then the file is simply readable.
            assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "frame 1");
            return;
        }
        assertThat(stream.heard.take()).hasSize(1).first().asString().matches(
                "UNREADABLE: permission denied by the file \\(owner \\S+:\\S+, mode 0000\\); this process runs as .+");
        Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("r--r--r--"));
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
    void aFrameThatWasThereBeforeIsDeliveredButNoSignOfLife() throws IOException {
        RegionImage image = file.image(128).key(5, 5);
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
        Files.writeString(file.path(), "A text file of more than 48 bytes, whose first eight are some number or other.\n");
        stream.runFor(10_000 * MILLI);
        assertThat(stream.statistics.attachState()).isEqualTo(AttachState.ATTACHED);
        assertThat(stream.statistics.sequence()).isNotZero();
        assertThat(stream.statistics.lastFrameAgeNanos()).isEmpty();
        assertThat(stream.heard.frames).isEmpty();
    }

    @Test
    void warnsOnceAboutASmallFile() throws IOException {
        stream = new LoopHarness(file.path(), true, 256, Optional.empty());
        file.image(128).key(1, 1);
        stream.runFor(50 * MILLI);
        assertThat(stream.heard.take()).containsExactly("ATTACHED: 128 bytes", "small 128 < 256", "frame 1");
        file.replace(200).key(1, 1);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).doesNotContain("small 200 < 256");
        file.replace(256);
        stream.runFor(NOTICED);
        file.replace(128);
        stream.runFor(NOTICED);
        assertThat(stream.heard.take()).contains("small 128 < 256");
    }
}
