package io.sdros.transport.undertow;

import io.sdros.transport.undertow.access.RequestSource;
import io.sdros.transport.undertow.http.LogThrottle;
import io.sdros.transport.undertow.ws.Handshake;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator who was turned away and why: the first of each reason, then at most one line per period, with the
 * number of those in between. No token is ever in it. Any thread.
 */
final class RefusalLog {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final int LONGEST_SHOWN = 100;

    private final Function<RefusalReason, String> advice;
    private final Map<RefusalReason, LogThrottle> throttles = new EnumMap<>(RefusalReason.class);

    /** @param advice what a line ends with, for each reason; may be empty */
    RefusalLog(LongSupplier nanoClock, Function<RefusalReason, String> advice) {
        this.advice = advice;
        for (RefusalReason reason : RefusalReason.values()) {
            throttles.put(reason, new LogThrottle(nanoClock));
        }
    }

    void refused(RefusalReason reason, RequestSource source, String origin) {
        OptionalLong unsaid = throttles.get(reason).pass();
        if (unsaid.isPresent()) {
            String set = advice.apply(reason);
            LOG.warn("Refused a viewer at {}: {}{}{}", source.client().getHostAddress(), why(reason, source, origin),
                    set.isEmpty() ? "" : "; " + set, LogThrottle.more(unsaid.getAsLong()));
        }
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
            case HANDSHAKE -> "not a WebSocket handshake of version " + Handshake.VERSION + ", or a wrong parameter in its address";
        };
    }

    /** What a client sent, fit for a log: one line, printable, not endless. */
    static String shown(String text) {
        String cut = text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
        return '"' + cut.replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "?") + '"';
    }
}
