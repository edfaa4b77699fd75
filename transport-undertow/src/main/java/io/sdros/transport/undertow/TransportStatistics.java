package io.sdros.transport.undertow;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counters since the start, of the whole server and of all its feeds together, summed when asked for.
 *
 * @param clients           connected now, handshakes and closing handshakes under way included
 * @param clientsTotal      ever connected
 * @param closedByReason    ended connections; every reason has an entry
 * @param refusedByReason   handshakes turned down; every reason has an entry
 * @param httpConnections   connections that are no viewers, now
 * @param httpConnectionsCut those of them that were closed for others; every reason has an entry
 * @param videoMessages     handed to the kernel completely, over all clients
 * @param videoBytes        their bytes on the wire
 * @param telemetryMessages handed to the kernel completely, over all clients
 * @param inboundMessages   complete text and binary messages from clients, all of them ignored
 * @param delay             publication to last byte handed to the kernel
 */
public record TransportStatistics(
        int clients,
        long clientsTotal,
        Map<ClosedReason, Long> closedByReason,
        Map<RefusalReason, Long> refusedByReason,
        int httpConnections,
        Map<StrangerCut, Long> httpConnectionsCut,
        long videoMessages,
        long videoBytes,
        long telemetryMessages,
        long inboundMessages,
        DelayHistogram delay) {

    /** Makes the maps immutable. */
    public TransportStatistics {
        closedByReason = Map.copyOf(closedByReason);
        refusedByReason = Map.copyOf(refusedByReason);
        httpConnectionsCut = Map.copyOf(httpConnectionsCut);
    }

    static TransportStatistics sum(int clients, Map<RefusalReason, Long> refused, int httpConnections,
            Map<StrangerCut, Long> httpConnectionsCut,
            Collection<FeedStatistics> feeds) {
        Map<ClosedReason, Long> closed = new EnumMap<>(ClosedReason.class);
        for (ClosedReason reason : ClosedReason.values()) {
            closed.put(reason, feeds.stream().mapToLong(feed -> feed.closedByReason().get(reason)).sum());
        }
        return new TransportStatistics(clients,
                feeds.stream().mapToLong(FeedStatistics::viewersTotal).sum(),
                closed, refused, httpConnections, httpConnectionsCut,
                feeds.stream().mapToLong(FeedStatistics::videoMessages).sum(),
                feeds.stream().mapToLong(FeedStatistics::videoBytes).sum(),
                feeds.stream().mapToLong(FeedStatistics::telemetryMessages).sum(),
                feeds.stream().mapToLong(FeedStatistics::inboundMessages).sum(),
                feeds.stream().map(FeedStatistics::delay).reduce(DelayHistogram.none(), DelayHistogram::plus));
    }
}
