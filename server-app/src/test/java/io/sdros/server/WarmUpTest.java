package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class WarmUpTest {

    private static final int FRAMES = 300;

    @Test
    @Timeout(60)
    void framesTravelTheWholePathAndNothingStaysBehind(@TempDir Path folder) throws IOException {
        int arrived = new WarmUp(FRAMES, folder).run();

        // The region has one slot: a frame may be overwritten before a reader that was not scheduled has seen it.
        assertThat(arrived).isBetween(1, FRAMES);
        assertThat(folder).isEmptyDirectory();
        assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("shm-reader"));
    }
}
