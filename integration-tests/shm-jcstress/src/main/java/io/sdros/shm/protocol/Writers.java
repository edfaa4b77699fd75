package io.sdros.shm.protocol;

import java.nio.ByteBuffer;

/** Makes the shipped writer write into memory that is no file: jcstress wants a region for every sample. */
public final class Writers {

    private Writers() {
    }

    /** A writer to the given region, as it is after opening a file. */
    public static ShmWriter of(ByteBuffer region) {
        return new ShmWriter(RegionBuffer.of(region), true);
    }
}
