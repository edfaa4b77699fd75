package io.sdros.transport.undertow.http;

import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line per reason and period about connections that had to give way, with the number of those in between. Any thread. */
public final class StrangerLog {

    private static final Logger LOG = LoggerFactory.getLogger(StrangerLog.class);

    private final Map<CutReason, LogThrottle> throttles = new EnumMap<>(CutReason.class);
    private final int limit;
    private final int addressLimit;

    public StrangerLog(int limit, int addressLimit, LongSupplier nanoClock) {
        this.limit = limit;
        this.addressLimit = addressLimit;
        for (CutReason reason : CutReason.values()) {
            throttles.put(reason, new LogThrottle(nanoClock));
        }
    }

    void cut(CutReason reason, InetAddress address) {
        OptionalLong unsaid = throttles.get(reason).pass();
        if (unsaid.isPresent()) {
            LOG.warn("Cut a connection from {} that was no viewer, for a new one: {}{}", address.getHostAddress(),
                    why(reason), LogThrottle.more(unsaid.getAsLong()));
        }
    }

    private String why(CutReason reason) {
        return switch (reason) {
            case LIMIT -> "there are more than " + limit + ", and most of them come from there";
            case ADDRESS_LIMIT -> "there are more than " + addressLimit + " from that address";
        };
    }
}
