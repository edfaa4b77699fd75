package io.sdros.transport.undertow;

import io.sdros.transport.undertow.http.LogThrottle;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of failures that should not be: the first with its stack trace, then at most one per period, with the number of
 * those in between. Any thread.
 */
final class FailureLog {

    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

    private final LogThrottle throttle;

    FailureLog(LongSupplier nanoClock) {
        throttle = new LogThrottle(nanoClock);
    }

    /** Never throws: it is called where a claim is still to be released. */
    void failed(String what, Throwable failure) {
        try {
            throttle.pass().ifPresent(before ->
                    LOG.error("{} failed ({} more since the last such line)", what, before, failure));
        } catch (RuntimeException | Error e) {
            // There is nothing left to tell it to.
        }
    }
}
