package io.sdros.shm.reader;

import java.nio.channels.FileChannel;

/**
 * The bytes of a region, to be copied by position: a file's, or memory's that stands for one. One thread at a time.
 *
 * <p>What cannot be read is not there: a source never throws, it ends. The copies are plain; {@link FrameReader} puts the
 * fences between them.
 */
public interface RegionSource {

    /**
     * Copies bytes from the given position on.
     *
     * @return how many there were; fewer than wanted where the source ends, 0 where it ends before the position
     */
    int copy(long position, byte[] target, int targetOffset, int lengthBytes);

    /** How many bytes there are now; 0 if that cannot be found out. */
    long sizeBytes();

    /**
     * The bytes of an open file. Closing it is the caller's; a file closed by anybody, as an interrupt of the reading
     * thread does, has no bytes.
     */
    static RegionSource of(FileChannel channel) {
        return new FileSource(channel, new ReadBuffer());
    }
}
