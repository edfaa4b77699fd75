package io.sdros.relay.nats.edge;

import java.util.Arrays;

/** The least value of the last 60 s, to a second. */
final class LeastOfMinute {

    private static final int SECONDS = 60;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final long[] leastBySecond = new long[SECONDS];
    private final long[] seconds = new long[SECONDS];
    private final long originNanos;

    LeastOfMinute(long nowNanos) {
        originNanos = nowNanos;
        forget();
    }

    void forget() {
        Arrays.fill(seconds, Long.MIN_VALUE);
    }

    /** One more value; then the least of all that are not too old, this one among them. */
    long least(long value, long nowNanos) {
        long second = Math.floorDiv(nowNanos - originNanos, SECOND_NANOS);
        int slot = (int) Math.floorMod(second, (long) SECONDS);
        leastBySecond[slot] = seconds[slot] == second ? Math.min(leastBySecond[slot], value) : value;
        seconds[slot] = second;
        long least = value;
        for (int i = 0; i < SECONDS; i++) {
            if (seconds[i] > second - SECONDS) {
                least = Math.min(least, leastBySecond[i]);
            }
        }
        return least;
    }
}
