package io.sdros.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DemoProducerTest {

    @TempDir
    Path folder;

    @Test
    @Tag("tools")
    @Timeout(60)
    void goesOnWhenThereIsRoomAgain() throws Exception {
        Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=8k", "sdr-demo", folder.toString()) == 0,
                "mounting a tmpfs takes root, or CAP_SYS_ADMIN");
        Path region = folder.resolve("frames");
        try (DemoProducer producer = new DemoProducer(DemoClip.front(), ShmWriter.builder(region).open())) {
            producer.start();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
            assertThat(committed(region)).as("a keyframe found room").isFalse();
            assertThat(run("mount", "-o", "remount,size=16m", folder.toString())).isZero();
            while (!committed(region)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        } finally {
            run("umount", folder.toString());
        }
    }

    /** Whether the commit sequence is more than 0. */
    private static boolean committed(Path region) throws IOException {
        try (InputStream file = Files.newInputStream(region)) {
            return file.read() > 0;
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        return process.waitFor(30, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }
}
