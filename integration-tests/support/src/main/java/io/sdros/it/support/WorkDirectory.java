package io.sdros.it.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the tests leave logs, clips and recordings: {@code target/it}. */
public final class WorkDirectory {

    private WorkDirectory() {
    }

    public static Path path() {
        try {
            return Files.createDirectories(Path.of(System.getProperty("sdr.work.directory", "target/it")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new empty file; kept after the tests for whoever looks into a failure. */
    public static Path newFile(String prefix, String suffix) {
        try {
            return Files.createTempFile(path(), prefix + "-", suffix);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
