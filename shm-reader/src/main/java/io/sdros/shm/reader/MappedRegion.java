package io.sdros.shm.reader;

import io.sdros.shm.protocol.RegionBuffer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * One mapping of the region file. The file stays open as long as it is attached, for its size is asked after every
 * copy; that is one descriptor, given back on closing. The mapping itself goes when the garbage collector finds that
 * nothing uses it.
 *
 * <p>While the file is mapped, no other file can get its identity, even if it is removed.
 */
final class MappedRegion implements AutoCloseable {

    private final FileChannel channel;
    private final RegionBuffer buffer;
    private final Optional<Object> fileKey;

    MappedRegion(FileChannel channel, RegionBuffer buffer, Optional<Object> fileKey) {
        this.channel = channel;
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
            return channel.size();
        } catch (IOException e) {
            // The thread was interrupted, which closes the channel; or closing got here first. Trust nothing.
            return 0;
        } catch (RuntimeException e) {
            // The VM's late error about a page that vanished may come up inside the channel, which on Java 17 turns
            // it into an exception of its own while cleaning up.
            return 0;
        }
    }

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
