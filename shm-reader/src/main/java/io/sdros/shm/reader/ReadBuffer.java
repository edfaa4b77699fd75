package io.sdros.shm.reader;

import java.nio.ByteBuffer;

/**
 * What file reads go through on their way to an array. The JDK has none that go straight there: given an array it
 * would use such a buffer of its own, as long as the frame, and keep it for the thread. This one is small enough to
 * stay in the processor's cache, so the second copy costs a fraction of the first.
 */
final class ReadBuffer {

    static final int MAX_BYTES = 128 * 1024;
    private static final int MIN_BYTES = 4 * 1024;

    private ByteBuffer buffer = ByteBuffer.allocateDirect(MIN_BYTES);

    /** Empty, with room for as much of what is wanted as goes through at a time. */
    ByteBuffer roomFor(int lengthBytes) {
        if (lengthBytes > buffer.capacity() && buffer.capacity() < MAX_BYTES) {
            buffer = ByteBuffer.allocateDirect(MAX_BYTES);
        }
        return buffer.clear().limit(Math.min(lengthBytes, buffer.capacity()));
    }
}
