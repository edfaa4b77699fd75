package io.sdros.transport.undertow;

import io.sdros.transport.undertow.access.RequestSource;
import io.sdros.transport.undertow.ws.Handshake;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator who was turned away and why: the first of each reason, then at most one line per period, with the
 * number of those in between. No token is ever in it. Any thread.
 */
final class RefusalLog {

    static final long PERIOD_NANOS = 10_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final int LONGEST_SHOWN = 100;

    private final LongSupplier nanoClock;
    private final Function<RefusalReason, String> advice;
    private final Map<RefusalReason, Recent> recent = new EnumMap<>(RefusalReason.class);

    private static final class Recent {
        private long lastNanos;
        private long unsaid;
    }

    /** @param advice what a line ends with, for each reason; may be empty */
    RefusalLog(LongSupplier nanoClock, Function<RefusalReason, String> advice) {
        this.nanoClock = nanoClock;
        this.advice = advice;
    }

    void refused(RefusalReason reason, RequestSource source, String origin) {
        long unsaid = passes(reason);
        if (unsaid >= 0) {
            String set = advice.apply(reason);
            LOG.warn("Refused a viewer at {}: {}{}{}", source.client().getHostAddress(), why(reason, source, origin),
                    set.isEmpty() ? "" : "; " + set,
                    unsaid == 0 ? "" : " (and " + unsaid + " more since the last such line)");
        }
    }

    /** How many were held back since the last one that passed, or -1 if this one is held back. */
    synchronized long passes(RefusalReason reason) {
        long now = nanoClock.getAsLong();
        Recent before = recent.get(reason);
        if (before != null && now - before.lastNanos < PERIOD_NANOS) {
            before.unsaid++;
            return -1;
        }
        Recent current = before == null ? new Recent() : before;
        recent.put(reason, current);
        long unsaid = current.unsaid;
        current.unsaid = 0;
        current.lastNanos = now;
        return unsaid;
    }

    private static String why(RefusalReason reason, RequestSource source, String origin) {
        return switch (reason) {
            case ORIGIN -> "pages from " + shown(origin) + " may not connect to "
                    + shown(source.scheme().map(scheme -> scheme + "://").orElse("") + source.host());
            case HOST -> "pages under the host name " + shown(source.host()) + " are not this server's own";
            case TOKEN -> "missing or wrong token";
            case LIMIT -> "all places are taken";
            case ADDRESS_LIMIT -> "too many viewers from this address";
            case STOPPING -> "the server is stopping";
            case HANDSHAKE -> "not a WebSocket handshake of version " + Handshake.VERSION;
        };
    }

    /** What a stranger sent, fit for a log: one line, printable, not endless. */
    static String shown(String text) {
        String cut = text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
        return '"' + cut.replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "?") + '"';
    }
}
