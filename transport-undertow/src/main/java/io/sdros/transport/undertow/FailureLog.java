package io.sdros.transport.undertow;

import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of failures that should not be: the first with its stack trace, then at most one per period, with the number of
 * those in between. Any thread.
 */
final class FailureLog {

    static final long PERIOD_NANOS = 10_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

    private final LongSupplier nanoClock;
    private boolean begun;
    private long lastNanos;
    private long unsaid;

    FailureLog(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Never throws: it is called where a claim is still to be released. */
    void failed(String what, Throwable failure) {
        try {
            long before = passes();
            if (before >= 0) {
                LOG.error("{} failed ({} more since the last such line)", what, before, failure);
            }
        } catch (RuntimeException | Error e) {
            // There is nothing left to tell it to.
        }
    }

    /** How many were held back since the last one that passed, or -1 if this one is held back. */
    private synchronized long passes() {
        long now = nanoClock.getAsLong();
        if (begun && now - lastNanos < PERIOD_NANOS) {
            unsaid++;
            return -1;
        }
        long before = unsaid;
        begun = true;
        lastNanos = now;
        unsaid = 0;
        return before;
    }
}
