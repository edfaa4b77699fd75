package io.sdros.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
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

    @Test
    @Timeout(60)
    void removesWhatKilledServersHaveLeftAndNothingElse(@TempDir Path folder) throws IOException {
        Path abandoned = file(folder, "sdr-warm-up-1.frames", WarmUp.ABANDONED.plusSeconds(1));
        Path inUse = file(folder, "sdr-warm-up-2.frames", Duration.ZERO);
        Path anothers = file(folder, "warm-up.frames", WarmUp.ABANDONED.plusDays(1));

        new WarmUp(1, folder).run();

        assertThat(abandoned).doesNotExist();
        assertThat(inUse).exists();
        assertThat(anothers).exists();
    }

    /** A server that answered nothing would otherwise keep the warm-up, and its file, for as long as it runs. */
    @Test
    @Timeout(60)
    void aServerThatDoesNotAnswerIsNotWaitedFor(@TempDir Path folder) throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = (InetSocketAddress) silent.getLocalSocketAddress();
            assertThatThrownBy(() -> new WarmUp(1, folder).join(address)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    @Timeout(60)
    void hangsUpBeforeTheServerHasToCutIt(@TempDir Path folder) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            new WarmUp(1, folder).run();
        } finally {
            System.setErr(before);
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("Cutting");
    }

    private static Path file(Path folder, String name, Duration age) throws IOException {
        Path file = Files.createFile(folder.resolve(name));
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }
}
