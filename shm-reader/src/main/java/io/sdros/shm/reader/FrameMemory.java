package io.sdros.shm.reader;

import java.util.function.IntFunction;

/**
 * The array that the next frame is copied into, with spare bytes in front. One of a failed attempt is kept for the next.
 *
 * <p>Where the heap has no room for a frame, finding that out is the most expensive thing a reader can do: the VM collects
 * garbage with all its might before it says no. So after a no it is not asked again for as much for a while.
 */
final class FrameMemory {

    static final long PAUSE_NANOS = 250_000_000;
    /** OpenJDK has no longer ones. */
    private static final int MAX_ARRAY_BYTES = Integer.MAX_VALUE - 8;
    private static final byte[] NONE = {};

    private final int headroomBytes;
    private final IntFunction<byte[]> allocator;
    private byte[] array = NONE;
    private boolean refused;
    private int refusedBytes;
    private long refusedNanos;

    FrameMemory(int headroomBytes, IntFunction<byte[]> allocator) {
        this.headroomBytes = headroomBytes;
        this.allocator = allocator;
    }

    int headroomBytes() {
        return headroomBytes;
    }

    /** Whether there can be an array for a frame of that length at all. */
    boolean possible(int lengthBytes) {
        return lengthBytes <= MAX_ARRAY_BYTES - headroomBytes;
    }

    /** Whether {@link #array} has room for a frame of that {@link #possible} length, and not a byte more. */
    boolean provide(int lengthBytes, long nowNanos) {
        int bytes = headroomBytes + lengthBytes;
        if (array.length == bytes) {
            return true;
        }
        if (refused && bytes >= refusedBytes && nowNanos - refusedNanos < PAUSE_NANOS) {
            return false;
        }
        array = NONE;
        try {
            array = allocator.apply(bytes);
            refused = false;
            return true;
        } catch (OutOfMemoryError e) {
            refused = true;
            refusedBytes = bytes;
            refusedNanos = nowNanos;
            return false;
        }
    }

    byte[] array() {
        return array;
    }

    /** The array, which from now on is the caller's. */
    byte[] take() {
        byte[] taken = array;
        array = NONE;
        return taken;
    }
}
