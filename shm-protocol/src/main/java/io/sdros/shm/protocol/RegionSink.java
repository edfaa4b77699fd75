package io.sdros.shm.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of a region, to be stored by position: a file's, or memory's that stands for one. */
interface RegionSink extends AutoCloseable {

    /**
     * Stores all bytes from the buffer's position to its limit, which moves there. Plain; a piece of up to eight bytes
     * at a multiple of its size is stored at once, as far as anything is.
     *
     * @throws IOException if there is no room for them, or no file any more
     */
    void store(ByteBuffer source, long position) throws IOException;

    /**
     * How many bytes there are now.
     *
     * @throws IOException if that cannot be found out
     */
    long sizeBytes() throws IOException;

    /** Lets go of whatever is behind it. Again does nothing. */
    @Override
    void close();
}
