package io.sdros.fanout;

/**
 * Totals since the broadcaster was built. Numbers of one snapshot may differ by what happened while it was taken.
 *
 * @param published calls of {@link Broadcaster#publish}, whether or not the message could be shown to anyone
 * @param keyframes how many of these were keyframes
 * @param skipped calls of {@link Broadcaster#skipped}
 * @param discontinuities calls of {@link Broadcaster#discontinuity}
 * @param subscribers subscriptions that have not been closed, admitted or not
 * @param subscriptionsTotal calls of {@link Broadcaster#subscribe}
 * @param lagEvents times a subscriber lagged
 * @param droppedByOverflow see {@link DropReason#OVERFLOW}; one message dropped for two subscribers counts twice, here
 *     and in the next five
 * @param droppedByMemory see {@link DropReason#MEMORY}
 * @param droppedByLatency see {@link DropReason#LATENCY}
 * @param droppedAsDroppable see {@link DropReason#DROPPABLE}
 * @param droppedAsUnwanted see {@link DropReason#UNWANTED}
 * @param droppedByGate see {@link DropReason#GATE}
 * @param failedCallbacks times a {@link Wakeup} threw
 */
public record BroadcasterStatistics(
        long published,
        long keyframes,
        long skipped,
        long discontinuities,
        int subscribers,
        long subscriptionsTotal,
        long lagEvents,
        long droppedByOverflow,
        long droppedByMemory,
        long droppedByLatency,
        long droppedAsDroppable,
        long droppedAsUnwanted,
        long droppedByGate,
        long failedCallbacks,
        KeyframeRequestStatistics keyframeRequests) {

    public long dropped(DropReason reason) {
        return switch (reason) {
            case OVERFLOW -> droppedByOverflow;
            case MEMORY -> droppedByMemory;
            case LATENCY -> droppedByLatency;
            case DROPPABLE -> droppedAsDroppable;
            case UNWANTED -> droppedAsUnwanted;
            case GATE -> droppedByGate;
        };
    }
}
