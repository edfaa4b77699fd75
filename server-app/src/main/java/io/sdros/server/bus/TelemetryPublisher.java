package io.sdros.server.bus;

import io.sdros.fanout.LatestValueBroadcaster;
import io.sdros.server.metrics.TelemetryCounters;
import io.sdros.telemetry.nats.SubjectFilter;
import io.sdros.transport.undertow.TelemetryMessage;
import java.util.List;

/** Hands telemetry to the viewers and counts it, whatever brought it here. Any thread. */
public final class TelemetryPublisher {
    private static final int MESSAGES_PER_CLIENT = 256;
    private static final int BYTES_PER_CLIENT = 1024 * 1024;
    private static final String QUEUE_OVERFLOW = "queue_overflow";

    private final TelemetryCounters counters = new TelemetryCounters();
    private final LatestValueBroadcaster<String, TelemetryMessage> broadcaster;

    /**
     * @param cachedSubjects for how many subjects the last message is kept for those who join
     * @param neverCached filters of subjects for which none is
     */
    public TelemetryPublisher(int cachedSubjects, List<String> neverCached) {
        List<SubjectFilter> excluded = neverCached.stream().map(SubjectFilter::of).toList();
        broadcaster = LatestValueBroadcaster.<String, TelemetryMessage>builder()
                .maxMessages(MESSAGES_PER_CLIENT)
                .maxBytes(BYTES_PER_CLIENT)
                .cachedKeys(cachedSubjects)
                .cacheable(subject -> excluded.stream().noneMatch(filter -> filter.matches(subject)))
                .evictions((subject, clients) -> counters.dropped(subject, QUEUE_OVERFLOW, clients))
                .build();
    }

    public LatestValueBroadcaster<String, TelemetryMessage> broadcaster() {
        return broadcaster;
    }

    public TelemetryCounters counters() {
        return counters;
    }

    /** @param subject at most 256 bytes of UTF-8 */
    public void publish(String subject, byte[] payload) {
        counters.received(subject);
        TelemetryMessage message = TelemetryMessage.of(subject, payload);
        broadcaster.publish(subject, message, message.lengthBytes());
    }

    /** @param reason out of a fixed set */
    void dropped(String subject, String reason) {
        counters.received(subject);
        counters.dropped(subject, reason);
    }
}
