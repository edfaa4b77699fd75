package io.sdros.shm.reader;

import java.nio.ByteBuffer;

/** Memory that stands for a region, with something to happen before a copy and another end than its own. */
final class MemorySource implements RegionSource {

    private final ByteBuffer memory;
    private Runnable beforeCopy = () -> { };
    private Runnable afterFrameCopy = () -> { };
    private int endBytes;

    MemorySource(ByteBuffer memory) {
        this.memory = memory;
        this.endBytes = memory.capacity();
    }

    /** Happens before every copy. */
    void beforeCopy(Runnable action) {
        beforeCopy = action;
    }

    /** Happens after the copy of a whole frame, before the second look. */
    void afterFrameCopy(Runnable action) {
        afterFrameCopy = action;
    }

    /** There are no more bytes than these. */
    void cutShort(int bytes) {
        endBytes = bytes;
    }

    @Override
    public int copy(long position, byte[] target, int targetOffset, int lengthBytes) {
        beforeCopy.run();
        int count = (int) Math.max(0, Math.min(lengthBytes, endBytes - position));
        memory.get((int) position, target, targetOffset, count);
        if (lengthBytes > 32) {
            afterFrameCopy.run();
        }
        return count;
    }

    @Override
    public long sizeBytes() {
        return endBytes;
    }
}
