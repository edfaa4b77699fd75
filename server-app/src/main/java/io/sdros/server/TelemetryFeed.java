package io.sdros.server;

import io.sdros.fanout.LatestValueBroadcaster;
import io.sdros.telemetry.nats.SubjectFilter;
import io.sdros.transport.undertow.TelemetryMessage;
import java.util.List;

/** Hands telemetry to the viewers and counts it, whatever brought it here. Any thread. */
final class TelemetryFeed {
    /** Contract: per client a queue of 32, oldest dropped first. */
    private static final int MESSAGES_PER_CLIENT = 32;
    private static final String QUEUE_OVERFLOW = "queue_overflow";

    private final TelemetryCounters counters = new TelemetryCounters();
    private final LatestValueBroadcaster<String, TelemetryMessage> broadcaster;

    /**
     * @param cachedSubjects for how many subjects the last message is kept for those who join
     * @param neverCached filters of subjects for which none is
     */
    TelemetryFeed(int cachedSubjects, List<String> neverCached) {
        List<SubjectFilter> excluded = neverCached.stream().map(SubjectFilter::of).toList();
        broadcaster = new LatestValueBroadcaster<>(MESSAGES_PER_CLIENT, cachedSubjects,
                subject -> excluded.stream().noneMatch(filter -> filter.matches(subject)),
                (subject, clients) -> counters.dropped(subject, QUEUE_OVERFLOW, clients));
    }

    LatestValueBroadcaster<String, TelemetryMessage> broadcaster() {
        return broadcaster;
    }

    TelemetryCounters counters() {
        return counters;
    }

    /** @param subject at most 256 bytes of UTF-8 */
    void publish(String subject, byte[] payload) {
        counters.received(subject);
        broadcaster.publish(subject, TelemetryMessage.of(subject, payload));
    }

    /** @param reason out of a fixed set */
    void dropped(String subject, String reason) {
        counters.received(subject);
        counters.dropped(subject, reason);
    }
}
