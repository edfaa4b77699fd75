package io.sdros.it.stress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that is gone when closed. */
public record TempFolder(Path path) implements AutoCloseable {

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    /** In shared memory, where regions live. */
    public static TempFolder create() throws IOException {
        return new TempFolder(Files.createTempDirectory(SHARED_MEMORY, "sdr-stress-"));
    }

    /** A path in it. */
    public Path resolve(String name) {
        return path.resolve(name);
    }

    @Override
    public void close() {
        try (Stream<Path> walk = Files.walk(path)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
