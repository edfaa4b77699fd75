package io.sdros.it.stress;

import io.sdros.shm.reader.RegionSource;
import java.util.SplittableRandom;

/** A region whose copies take a while now and then, so that the writer overtakes whoever reads it in the middle of a frame. */
final class SlowedSource implements RegionSource {

    private static final int ONE_IN = 64;
    private static final int MOST_NANOS = 20_000;

    private final RegionSource source;
    private final SplittableRandom random = new SplittableRandom(1);

    SlowedSource(RegionSource source) {
        this.source = source;
    }

    @Override
    public int copy(long position, byte[] target, int targetOffset, int lengthBytes) {
        int first = random.nextInt(ONE_IN) == 0 ? lengthBytes / 2 : lengthBytes;
        int copied = source.copy(position, target, targetOffset, first);
        if (copied < first || first == lengthBytes) {
            return copied;
        }
        for (long endNanos = System.nanoTime() + random.nextInt(MOST_NANOS); System.nanoTime() - endNanos < 0;) {
            Thread.onSpinWait();
        }
        return copied + source.copy(position + first, target, targetOffset + first, lengthBytes - first);
    }

    @Override
    public long sizeBytes() {
        return source.sizeBytes();
    }
}
