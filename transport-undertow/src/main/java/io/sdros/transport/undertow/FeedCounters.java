package io.sdros.transport.undertow;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counters of a feed's rare events, added to and read by any thread. */
final class FeedCounters {

    private final LongAdder viewers = new LongAdder();
    private final LongAdder inboundMessages = new LongAdder();
    private final AtomicLongArray closed = new AtomicLongArray(ClosedReason.values().length);
    private final AtomicLongArray feedback = new AtomicLongArray(FeedbackResult.values().length);
    private final Map<DelayStage, DelayCounts> viewerDelays = new EnumMap<>(DelayStage.class);

    FeedCounters() {
        for (DelayStage stage : DelayStage.values()) {
            viewerDelays.put(stage, new DelayCounts());
        }
    }

    void viewerJoined() {
        viewers.increment();
    }

    void inboundMessage() {
        inboundMessages.increment();
    }

    void viewerClosed(ClosedReason reason) {
        closed.incrementAndGet(reason.ordinal());
    }

    void feedback(FeedbackResult result) {
        feedback.incrementAndGet(result.ordinal());
    }

    void viewerDelay(DelayStage stage, long nanos) {
        viewerDelays.get(stage).observe(nanos);
    }

    Map<FeedbackResult, Long> feedbackByResult() {
        Map<FeedbackResult, Long> counts = new EnumMap<>(FeedbackResult.class);
        for (FeedbackResult result : FeedbackResult.values()) {
            counts.put(result, feedback.get(result.ordinal()));
        }
        return counts;
    }

    Map<DelayStage, DelayHistogram> viewerDelays() {
        Map<DelayStage, DelayHistogram> histograms = new EnumMap<>(DelayStage.class);
        viewerDelays.forEach((stage, counts) -> histograms.put(stage, counts.histogram()));
        return histograms;
    }

    long viewersTotal() {
        return viewers.sum();
    }

    long inboundMessages() {
        return inboundMessages.sum();
    }

    Map<ClosedReason, Long> closedByReason() {
        Map<ClosedReason, Long> counts = new EnumMap<>(ClosedReason.class);
        for (ClosedReason reason : ClosedReason.values()) {
            counts.put(reason, closed.get(reason.ordinal()));
        }
        return counts;
    }
}
