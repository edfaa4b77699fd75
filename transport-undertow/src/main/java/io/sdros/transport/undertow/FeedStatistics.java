package io.sdros.transport.undertow;

import java.util.Map;

/**
 * Counters of one feed since the start, summed when asked for.
 *
 * @param viewers           connected now
 * @param viewersTotal      ever connected
 * @param closedByReason    ended connections; every reason has an entry
 * @param videoMessages     handed to the kernel completely, over all viewers
 * @param videoBytes        their bytes on the wire
 * @param telemetryMessages handed to the kernel completely, over all viewers
 * @param inboundMessages   complete text and binary messages from viewers, all of them ignored
 * @param passes            times an I/O thread or the publishing thread went over the viewers it had of this feed
 * @param delay             publication to last byte handed to the kernel
 */
public record FeedStatistics(
        int viewers,
        long viewersTotal,
        Map<ClosedReason, Long> closedByReason,
        long videoMessages,
        long videoBytes,
        long telemetryMessages,
        long inboundMessages,
        long passes,
        DelayHistogram delay) {

    /** Makes the map immutable. */
    public FeedStatistics {
        closedByReason = Map.copyOf(closedByReason);
    }
}
