package io.sdros.shm.reader;

import io.sdros.shm.protocol.RegionBuffer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Optional;

/**
 * One mapping of the region file. The file stays open as long as it is attached, for its size is asked after every
 * copy; that is one descriptor, given back soon after closing. The mapping itself goes when the garbage collector finds that
 * nothing uses it.
 *
 * <p>While the file is mapped, no other file can get its identity, even if it is removed.
 */
final class MappedRegion implements AutoCloseable {

    private final RandomAccessFile file;
    private final RegionBuffer buffer;
    private final Optional<Object> fileKey;

    MappedRegion(RandomAccessFile file, RegionBuffer buffer, Optional<Object> fileKey) {
        this.file = file;
        this.buffer = buffer;
        this.fileKey = fileKey;
    }

    RegionBuffer buffer() {
        return buffer;
    }

    int mappedBytes() {
        return buffer.capacityBytes();
    }

    /** What tells this file from every other one, if the file system has such a thing. */
    Optional<Object> fileKey() {
        return fileKey;
    }

    /** The file's size now; 0 if it cannot be found out. */
    long fileSizeBytes() {
        try {
            return file.length();
        } catch (IOException e) {
            // Closing got here first. Trust nothing.
            return 0;
        }
    }

    /** Gives the descriptor back, soon. */
    @Override
    public void close() {
        FileCloser.closeElsewhere(file);
    }
}
