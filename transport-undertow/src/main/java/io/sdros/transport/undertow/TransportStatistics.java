package io.sdros.transport.undertow;

import java.util.Map;

/**
 * Counters since the start, summed when asked for.
 *
 * @param clients           connected now, handshakes and closing handshakes under way included
 * @param clientsTotal      ever connected
 * @param closedByReason    ended connections; every reason has an entry
 * @param refusedByReason   handshakes turned down; every reason has an entry
 * @param strangers         connections that are no viewers, now
 * @param strangersCut      those of them that had to give way to others; every reason has an entry
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
        int strangers,
        Map<StrangerCut, Long> strangersCut,
        long videoMessages,
        long videoBytes,
        long telemetryMessages,
        long inboundMessages,
        DelayHistogram delay) {

    /** Makes the maps immutable. */
    public TransportStatistics {
        closedByReason = Map.copyOf(closedByReason);
        refusedByReason = Map.copyOf(refusedByReason);
        strangersCut = Map.copyOf(strangersCut);
    }
}
