package io.sdros.transport.undertow;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

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
 * @param inboundMessages   complete text and binary messages from clients that were ignored
 * @param feedback          what became of the feedback and clock messages; every result has an entry
 * @param delay             publication to last byte handed to the kernel
 * @param viewerDelays      what clients say of frames, once for each feedback; every stage has an entry
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
        Map<FeedbackResult, Long> feedback,
        DelayHistogram delay,
        Map<DelayStage, DelayHistogram> viewerDelays) {

    /** Makes the maps immutable. */
    public TransportStatistics {
        closedByReason = Map.copyOf(closedByReason);
        refusedByReason = Map.copyOf(refusedByReason);
        feedback = Map.copyOf(feedback);
        viewerDelays = Map.copyOf(viewerDelays);
        httpConnectionsCut = Map.copyOf(httpConnectionsCut);
    }

    static TransportStatistics sum(int clients, Map<RefusalReason, Long> refused, int httpConnections,
            Map<StrangerCut, Long> httpConnectionsCut,
            Collection<FeedStatistics> feeds) {
        return new TransportStatistics(clients,
                feeds.stream().mapToLong(FeedStatistics::viewersTotal).sum(),
                sums(ClosedReason.class, reason -> feeds.stream().mapToLong(feed -> feed.closedByReason().get(reason)).sum()),
                refused, httpConnections, httpConnectionsCut,
                feeds.stream().mapToLong(FeedStatistics::videoMessages).sum(),
                feeds.stream().mapToLong(FeedStatistics::videoBytes).sum(),
                feeds.stream().mapToLong(FeedStatistics::telemetryMessages).sum(),
                feeds.stream().mapToLong(FeedStatistics::inboundMessages).sum(),
                sums(FeedbackResult.class, result -> feeds.stream().mapToLong(feed -> feed.feedback().get(result)).sum()),
                feeds.stream().map(FeedStatistics::delay).reduce(DelayHistogram.none(), DelayHistogram::plus),
                sums(DelayStage.class, stage -> feeds.stream().map(feed -> feed.viewerDelays().get(stage))
                        .reduce(DelayHistogram.none(), DelayHistogram::plus)));
    }

    private static <K extends Enum<K>, V> Map<K, V> sums(Class<K> keys, Function<K, V> sum) {
        Map<K, V> sums = new EnumMap<>(keys);
        for (K key : keys.getEnumConstants()) {
            sums.put(key, sum.apply(key));
        }
        return sums;
    }
}
