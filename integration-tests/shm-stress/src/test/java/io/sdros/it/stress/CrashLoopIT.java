package io.sdros.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In a file system of 64 MiB, as Docker's /dev/shm is unless told otherwise. */
class CrashLoopIT {

    private TempFolder folder;

    @BeforeEach
    void mount() throws Exception {
        folder = TempFolder.create();
        int exit = run("mount", "-t", "tmpfs", "-o", "size=64m", "sdr-stress", folder.path().toString());
        Assumptions.assumeTrue(exit == 0, "mounting a tmpfs takes root, or CAP_SYS_ADMIN");
    }

    @AfterEach
    void unmount() throws Exception {
        if (Files.getFileStore(folder.path()).name().equals("sdr-stress")) {
            run("umount", folder.path().toString());
        }
        folder.close();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(
                ProcessBuilder.Redirect.DISCARD).start();
        return process.waitFor(30, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    @Test
    @Timeout(120)
    void noProducerWantsForRoomBecauseSomebodyHoldsRemovedFiles() throws IOException {
        Path path = folder.path();
        assertThat(Files.getFileStore(path).getTotalSpace()).isEqualTo(4L * CrashLoop.REGION_BYTES);
        assertThat(CrashLoop.run(path, 40, 1)).as("lives of which a frame was seen").isPositive();
    }
}
