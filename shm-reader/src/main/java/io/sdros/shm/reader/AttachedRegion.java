package io.sdros.shm.reader;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * The region file, open. While it is, no other file can get its identity, and if it is removed the file system cannot
 * give its room to anybody; so it is closed as soon as the path leads elsewhere.
 */
final class AttachedRegion implements AutoCloseable {

    private final FileChannel channel;
    private final FileSource source;
    private final Optional<Object> fileKey;
    private long sizeBytes;

    AttachedRegion(FileChannel channel, ReadBuffer buffer, long sizeBytes, Optional<Object> fileKey) {
        this.channel = channel;
        this.source = new FileSource(channel, buffer);
        this.sizeBytes = sizeBytes;
        this.fileKey = fileKey;
    }

    FileSource source() {
        return source;
    }

    /** The size when it was asked for last. */
    long sizeBytes() {
        return sizeBytes;
    }

    /** Asks for the size; answers by how much it has changed. */
    long growthBytes() {
        long before = sizeBytes;
        sizeBytes = source.sizeBytes();
        return sizeBytes - before;
    }

    /** What tells this file from every other one, if the file system has such a thing. */
    Optional<Object> fileKey() {
        return fileKey;
    }

    /** Gives the descriptor back. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written; there is nothing to lose and nobody to act on it.
            return;
        }
    }
}
