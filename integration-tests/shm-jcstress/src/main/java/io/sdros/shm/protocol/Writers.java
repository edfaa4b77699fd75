package io.sdros.shm.protocol;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Makes the shipped writer write into memory that is no file: jcstress wants a region for every sample. */
public final class Writers {

    private Writers() {
    }

    /** A writer to the given region, which must be all zeros, as it is after opening a file. */
    public static ShmWriter of(ByteBuffer region) {
        return new ShmWriter(new RegionSink() {
            @Override
            public void store(ByteBuffer source, long position) {
                region.put((int) position, source, source.position(), source.remaining());
            }

            @Override
            public long sizeBytes() {
                return region.capacity();
            }

            @Override
            public void close() {
                region.limit(0);
            }
        }, region.capacity(), true, Optional.empty());
    }
}
