package io.sdros.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a demo that is really killed is tested with processes, in integration-tests. */
class DemoFolderTest {

    @Test
    void removesWhatDeadDemosLeftAndNothingElse(@TempDir Path parent) throws IOException {
        Path dead = folder(parent, "sdr-demo-1", "lock", "frames", "frames.bell");
        Path unlocked = folder(parent, "sdr-demo-2", "frames");
        Path other = folder(parent, "robot", "lock", "frames");
        Path file = Files.createFile(parent.resolve("sdr-demo-3"));
        Path elsewhere = folder(parent, "elsewhere", "lock");
        Path link = Files.createSymbolicLink(parent.resolve("sdr-demo-4"), elsewhere);
        Path lockElsewhere = Files.createDirectory(parent.resolve("sdr-demo-5"));
        Files.createSymbolicLink(lockElsewhere.resolve("lock"), other.resolve("lock"));

        try (DemoFolder demo = DemoFolder.in(parent)) {
            assertThat(dead).doesNotExist();
            assertThat(unlocked.resolve("frames")).exists();
            assertThat(other.resolve("frames")).exists();
            assertThat(file).exists();
            assertThat(link).exists();
            assertThat(elsewhere.resolve("lock")).exists();
            assertThat(lockElsewhere.resolve("lock")).exists();
            assertThat(demo.resolve("lock")).exists();
        }
    }

    @Test
    void closedItLeavesNothing(@TempDir Path parent) throws IOException {
        try (DemoFolder demo = DemoFolder.in(parent)) {
            Files.createFile(demo.resolve("frames"));
        }

        assertThat(parent).isEmptyDirectory();
    }

    private static Path folder(Path parent, String name, String... files) throws IOException {
        Path folder = Files.createDirectory(parent.resolve(name));
        for (String file : files) {
            Files.createFile(folder.resolve(file));
        }
        return folder;
    }
}
