package io.sdros.shm.reader;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The file that a stream under test reads, and what may happen to it. */
record StreamFile(Path folder) {

    Path path() {
        return folder.resolve("frames");
    }

    /** Creates the file or makes it at least that long; what it holds stays. */
    RegionImage image(int bytes) throws IOException {
        return RegionImage.inFile(path(), bytes);
    }

    void resize(long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path().toFile(), "rw")) {
            file.setLength(bytes);
        }
    }

    /** Moves another file over it, in one step. */
    RegionImage replace(int bytes) throws IOException {
        Path next = folder.resolve("next");
        RegionImage image = RegionImage.inFile(next, bytes);
        Files.move(next, path(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return image;
    }
}
