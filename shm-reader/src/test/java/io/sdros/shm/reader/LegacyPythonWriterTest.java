package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A writer in another process and another language, that knows nothing of marks and barriers. */
@Timeout(60)
@Tag("tools")
class LegacyPythonWriterTest {

    private static final int REGION = 1 << 20;

    @TempDir
    Path folder;
    private Path script;
    private Process writer;

    @BeforeEach
    void unpackScript() throws IOException {
        script = folder.resolve("legacy_writer.py");
        try (InputStream in = getClass().getResourceAsStream("legacy_writer.py")) {
            Files.copy(in, script);
        }
    }

    @AfterEach
    void stopWriter() {
        writer.destroyForcibly();
    }

    private BufferedReader startWriter(Path path, int frames, int payloadBytes, String pause, String crc)
            throws IOException {
        writer = new ProcessBuilder("python3", script.toString(), path.toString(), Integer.toString(REGION),
                Integer.toString(frames), Integer.toString(payloadBytes), pause, crc)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII));
    }

    private void tellWriter() throws IOException {
        Writer out = writer.outputWriter(StandardCharsets.US_ASCII);
        out.write("go\n");
        out.flush();
    }

    @ParameterizedTest
    @CsvSource({
        // frames, payload bytes, pause in seconds, CRC: at its ease, then as fast as it can
        "60, 20000, 0.01, crc", "60, 20000, 0.01, off", "3000, 900000, 0, crc", "3000, 900000, 0, off"})
    void everyByteReadIsRight(int frames, int payloadBytes, String pause, String crc)
            throws IOException, InterruptedException {
        Path path = folder.resolve("frames");
        AtomicReference<String> wrong = new AtomicReference<>("");
        AtomicLong last = new AtomicLong();
        FrameStreamListener checking = frame -> {
            if (!right(frame, payloadBytes)) {
                wrong.set("frame " + frame.header());
            }
            last.set(frame.frameSeq());
        };
        try (BufferedReader said = startWriter(path, frames, payloadBytes, pause, crc);
                ShmFrameStream stream = ShmFrameStream.builder(path).crcEnabled(crc.equals("crc"))
                        .keyframeGating(false).listener(checking).build()) {
            assertThat(said.readLine()).isEqualTo("open");
            stream.start();
            await(() -> stream.statistics().attachState() == AttachState.ATTACHED);
            tellWriter();
            assertThat(said.readLine()).isEqualTo("done");
            await(() -> stream.statistics().sequence() == frames);
            await(() -> last.get() == frames);
            assertThat(wrong).hasValue("");
            assertThat(stream.statistics().writerRestarts()).isZero();
            tellWriter();
            assertThat(writer.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean right(Frame frame, int payloadBytes) {
        byte[] expected = new byte[payloadBytes - (int) (frame.frameSeq() % 3)];
        Arrays.fill(expected, (byte) frame.frameSeq());
        return frame.frameId() == 3 * frame.frameSeq()
                && frame.keyframe() == (frame.frameSeq() % 10 == 1)
                && frame.payload().equals(ByteBuffer.wrap(expected));
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
