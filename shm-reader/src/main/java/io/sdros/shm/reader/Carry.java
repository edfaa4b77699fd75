package io.sdros.shm.reader;

import io.sdros.shm.protocol.RegionBuffer;
import java.util.function.LongSupplier;

/**
 * Tells a commit sequence that is being stored byte by byte from one that starts over: such a writer passes through
 * lower numbers when a byte carries (255, 0, 256), which end in a zero byte. All numbers are u64.
 */
final class Carry {

    /** How long a lower sequence is looked at again; storing eight bytes takes a few nanoseconds. */
    private static final long LIMIT_NANOS = 10_000;
    private static final int MAX_LOOKS = 500;
    private static final long SMALLEST = 0x100;

    private Carry() {
    }

    /** Whether a number that was seen after another may be the middle of a carry. */
    static boolean possible(long before, long now) {
        return Long.compareUnsigned(now, before) < 0 && (now & (SMALLEST - 1)) == 0;
    }

    /** Whether a number that went down and up again was one store; a writer that starts over goes up in steps of 1. */
    static boolean happened(long before, long lower, long after) {
        return Long.compareUnsigned(after, before) > 0 && Long.compareUnsigned(after - lower, SMALLEST) >= 0;
    }

    /** Looks again, spinning for up to 10 µs, until it is no carry any more; returns the sequence seen last. */
    static long awaitEnd(RegionBuffer region, LongSupplier nanoClock, long before, long lower) {
        long startedNanos = nanoClock.getAsLong();
        long now = lower;
        for (int i = 0; i < MAX_LOOKS && possible(before, now); i++) {
            boolean last = nanoClock.getAsLong() - startedNanos >= LIMIT_NANOS;
            Thread.onSpinWait();
            now = region.sequenceAcquire();
            if (last) {
                break;
            }
        }
        return now;
    }
}
