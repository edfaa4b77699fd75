package io.sdros.server;

import java.time.Duration;
import java.util.OptionalLong;

/** Lets the first of many lines for the log through, then one per interval, and counts the others. One thread. */
final class LineLimit {

    private final long intervalNanos;
    private boolean begun;
    private long lastNanos;
    private long unsaid;

    LineLimit(Duration interval) {
        intervalNanos = interval.toNanos();
    }

    /** How many were held back since the last one that passed; empty if this one is held back, too. */
    OptionalLong pass(long nowNanos) {
        if (begun && nowNanos - lastNanos < intervalNanos) {
            unsaid++;
            return OptionalLong.empty();
        }
        long before = unsaid;
        begun = true;
        lastNanos = nowNanos;
        unsaid = 0;
        return OptionalLong.of(before);
    }
}
