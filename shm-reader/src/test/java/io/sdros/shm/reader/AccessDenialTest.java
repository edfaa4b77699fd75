package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that lets nobody pass is tried by ForbiddenRegionIT as well, which root can run, too. */
class AccessDenialTest {

    private static final String OWNER = " \\(owner \\S+:\\S+, mode %s\\); this process runs as \\S+ \\(uid \\d+\\)";

    @TempDir
    Path folder;

    @Test
    void namesTheFile() throws IOException {
        Path file = Files.createFile(folder.resolve("frames"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("-w-r-----"));
        assertThat(AccessDenial.reason(file)).matches("permission denied by the file" + OWNER.formatted("0240"));
    }

    @Test
    void namesTheFolderThatLetsNobodyPassAlsoBehindALink() throws IOException {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Path file = Files.createFile(closed.resolve("frames"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rw-------"));
        try {
            Assumptions.assumeFalse(Files.isReadable(file), "whoever runs this is above permissions");
            String expected = "permission denied by the folder " + closed + OWNER.formatted("0600");
            assertThat(AccessDenial.reason(file)).matches(expected);
            assertThat(AccessDenial.reason(link)).matches(expected);
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }
}
