package io.sdros.it.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder of its own in shared memory for one region file, which does not exist at first. Deleted on close. */
public final class TempRegion implements AutoCloseable {

    private final Path folder;

    private TempRegion(Path folder) {
        this.folder = folder;
    }

    public static TempRegion create() {
        try {
            return new TempRegion(Files.createTempDirectory(Path.of("/dev/shm"), "sdr-it-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path path() {
        return folder.resolve("frames");
    }

    /** A file beside the region, on the same file system, so that it can be renamed over it. */
    public Path sibling(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() {
        try (Stream<Path> walk = Files.walk(folder)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
