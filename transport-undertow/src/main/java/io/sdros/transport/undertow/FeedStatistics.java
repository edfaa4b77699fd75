package io.sdros.transport.undertow;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Counters of one feed since the start, summed when asked for.
 *
 * @param viewers           connected now
 * @param viewersTotal      ever connected
 * @param closedByReason    ended connections; every reason has an entry
 * @param videoMessages     handed to the kernel completely, over all viewers
 * @param videoBytes        their bytes on the wire
 * @param telemetryMessages handed to the kernel completely, over all viewers
 * @param inboundMessages   complete text and binary messages from viewers that were ignored
 * @param feedback          what became of the feedback and clock messages; every result has an entry
 * @param passes            times an I/O thread or the publishing thread went over the viewers it had of this feed
 * @param delay             publication to last byte handed to the kernel
 * @param viewerDelays      what viewers say of frames, once for each feedback; every stage has an entry
 */
public record FeedStatistics(
        int viewers,
        long viewersTotal,
        Map<ClosedReason, Long> closedByReason,
        long videoMessages,
        long videoBytes,
        long telemetryMessages,
        long inboundMessages,
        Map<FeedbackResult, Long> feedback,
        long passes,
        DelayHistogram delay,
        Map<DelayStage, DelayHistogram> viewerDelays) {

    /** Makes the maps immutable. */
    public FeedStatistics {
        closedByReason = Map.copyOf(closedByReason);
        feedback = Map.copyOf(feedback);
        viewerDelays = Map.copyOf(viewerDelays);
    }

    static FeedStatistics none() {
        return new FeedStatistics(0, 0, each(ClosedReason.class, reason -> 0L), 0, 0, 0, 0, each(FeedbackResult.class, result -> 0L), 0,
                DelayHistogram.none(), each(DelayStage.class, stage -> DelayHistogram.none()));
    }

    FeedStatistics plus(FeedStatistics other) {
        return new FeedStatistics(viewers + other.viewers, viewersTotal + other.viewersTotal,
                each(ClosedReason.class, reason -> closedByReason.get(reason) + other.closedByReason.get(reason)),
                videoMessages + other.videoMessages, videoBytes + other.videoBytes, telemetryMessages + other.telemetryMessages,
                inboundMessages + other.inboundMessages,
                each(FeedbackResult.class, result -> feedback.get(result) + other.feedback.get(result)),
                passes + other.passes, delay.plus(other.delay),
                each(DelayStage.class, stage -> viewerDelays.get(stage).plus(other.viewerDelays.get(stage))));
    }

    private static <K extends Enum<K>, V> Map<K, V> each(Class<K> keys, Function<K, V> value) {
        Map<K, V> all = new EnumMap<>(keys);
        for (K key : keys.getEnumConstants()) {
            all.put(key, value.apply(key));
        }
        return all;
    }
}
