package io.sdros.it.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Replays what a fuzzer has kept, and a fixed number of variations of it. The folder is the system property {@code
 * sdr.fuzz.corpus}; a subclass names the fuzzer's entry.
 */
public abstract class FuzzCorpusTest {

    private static final int VARIATIONS = 200;

    private final Consumer<byte[]> fuzzer;
    private final String folder;

    /** {@code fuzzer} throws if an input comes to something that is not documented. */
    protected FuzzCorpusTest(Consumer<byte[]> fuzzer) {
        this(fuzzer, "");
    }

    /** As above, of the module's fuzzer whose inputs lie in that folder of the corpus. */
    protected FuzzCorpusTest(Consumer<byte[]> fuzzer, String folder) {
        this.fuzzer = fuzzer;
        this.folder = folder;
    }

    private List<Path> corpus() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("sdr.fuzz.corpus", "corpus"), folder))) {
            return files.sorted().toList();
        }
    }

    @Test
    void whatTheFuzzerKeptComesToDocumentedOutcomes() throws IOException {
        assertThat(corpus()).hasSizeGreaterThan(10);
        for (Path file : corpus()) {
            byte[] input = Files.readAllBytes(file);
            assertThatNoException().as(file.toString()).isThrownBy(() -> fuzzer.accept(input));
        }
    }

    @Test
    void soDoVariationsOfIt() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        for (Path file : corpus()) {
            byte[] input = Files.readAllBytes(file);
            for (int i = 0; i < VARIATIONS && input.length > 0; i++) {
                for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
                    input[random.nextInt(input.length)] = (byte) random.nextInt();
                }
                assertThatNoException().as("%s, variation %d", file, i).isThrownBy(() -> fuzzer.accept(input));
            }
        }
    }
}
