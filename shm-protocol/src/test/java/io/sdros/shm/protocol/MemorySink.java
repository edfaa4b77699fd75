package io.sdros.shm.protocol;

import java.nio.ByteBuffer;

/** Memory that stands for a region. */
final class MemorySink implements RegionSink {

    private final ByteBuffer memory;

    MemorySink(ByteBuffer memory) {
        this.memory = memory;
    }

    @Override
    public void store(ByteBuffer source, long position) {
        memory.put((int) position, source, source.position(), source.remaining());
        source.position(source.limit());
    }

    @Override
    public long sizeBytes() {
        return memory.capacity();
    }

    @Override
    public void close() {
        memory.limit(0);
    }
}
