package io.sdros.shm.reader;

import java.util.function.LongSupplier;

/**
 * Tells a commit sequence that is being stored byte by byte from one that starts over. Such a writer passes through
 * lower numbers: where a byte carries (255, 0, 256), and with CPython's {@code struct.pack_into}, which fills with
 * zeros first, at every commit (0x12FCAB, 0, 0xAC, 0xFCAC, 0x12FCAC). All numbers are u64.
 */
final class PartialSequence {

    /** How long a lower sequence is looked at again; storing eight bytes takes a few nanoseconds. */
    private static final long LIMIT_NANOS = 10_000;
    private static final int MAX_LOOKS = 500;
    private static final long BYTE = 0x100;
    /** A writer that starts over does not get so far, nor one that stores its numbers so much further, in the limit. */
    private static final long FEW = 16;

    private PartialSequence() {
    }

    /** Whether a number that was seen after another may be half a store. */
    static boolean possible(long before, long now) {
        return Long.compareUnsigned(now, before) < 0;
    }

    /**
     * Whether a number that went down and up again was one store. A writer that starts over goes up in steps of 1, so
     * neither skips 256 numbers nor comes by many to just the one that was due.
     */
    static boolean happened(long before, long lower, long after) {
        if (Long.compareUnsigned(after, before) <= 0) {
            return false;
        }
        return Long.compareUnsigned(after - lower, BYTE) >= 0
                || Long.compareUnsigned(before, FEW) >= 0 && Long.compareUnsigned(after - before, FEW) <= 0;
    }

    /** Looks again, spinning for up to 10 µs, until it is no carry any more; returns the sequence seen last. */
    static long awaitEnd(RegionView region, LongSupplier nanoClock, long before, long lower) {
        long startedNanos = nanoClock.getAsLong();
        long now = lower;
        for (int i = 0; i < MAX_LOOKS && possible(before, now); i++) {
            boolean last = nanoClock.getAsLong() - startedNanos >= LIMIT_NANOS;
            Thread.onSpinWait();
            if (!region.look()) {
                break;
            }
            now = region.sequence();
            if (last) {
                break;
            }
        }
        return now;
    }
}
