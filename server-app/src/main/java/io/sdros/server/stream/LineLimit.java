package io.sdros.server.stream;

import java.time.Duration;
import java.util.OptionalLong;

/** Lets so many of many lines for the log through in each interval, the first at once, and counts the others. Any thread. */
final class LineLimit {

    private final int lines;
    private final long intervalNanos;
    private boolean begun;
    private long beginNanos;
    private int said;
    private long unsaid;

    /** One line per interval. */
    LineLimit(Duration interval) {
        this(1, interval);
    }

    LineLimit(int lines, Duration interval) {
        this.lines = lines;
        intervalNanos = interval.toNanos();
    }

    /** How many were held back since the last one that passed; empty if this one is held back, too. */
    synchronized OptionalLong pass(long nowNanos) {
        if (!wouldPass(nowNanos)) {
            unsaid++;
            return OptionalLong.empty();
        }
        if (!begun || nowNanos - beginNanos >= intervalNanos) {
            begun = true;
            beginNanos = nowNanos;
            said = 0;
        }
        long before = unsaid;
        said++;
        unsaid = 0;
        return OptionalLong.of(before);
    }

    /** Whether a line would not be held back now. */
    synchronized boolean wouldPass(long nowNanos) {
        return !begun || said < lines || nowNanos - beginNanos >= intervalNanos;
    }
}
