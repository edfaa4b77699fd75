package io.sdros.server.bus;

import io.sdros.fanout.LatestValueBroadcaster;
import io.sdros.server.metrics.TelemetryCounters;
import io.sdros.telemetry.nats.SubjectFilter;
import io.sdros.transport.undertow.TelemetryMessage;
import java.util.ArrayList;
import java.util.List;

/** Hands telemetry to the viewers and counts it, whatever brought it here. Any thread. */
public final class TelemetryPublisher {
    private static final int MESSAGES_PER_CLIENT = 256;
    private static final int BYTES_PER_CLIENT = 1024 * 1024;
    private static final String QUEUE_OVERFLOW = "queue_overflow";

    private final TelemetryCounters counters = new TelemetryCounters();
    private final int cachedSubjects;
    private final List<SubjectFilter> neverCached;
    /** Replaced, never changed. */
    private volatile List<Audience> audiences = List.of();

    /** Viewers who get the same: those of all streams with these filters. */
    private record Audience(List<String> filters, List<SubjectFilter> parsed,
            LatestValueBroadcaster<String, TelemetryMessage> broadcaster) {

        boolean hears(String subject) {
            return parsed.stream().anyMatch(filter -> filter.matches(subject));
        }
    }

    /**
     * @param cachedSubjects for how many subjects the last message is kept for those who join
     * @param neverCached filters of subjects for which none is
     */
    public TelemetryPublisher(int cachedSubjects, List<String> neverCached) {
        this.cachedSubjects = cachedSubjects;
        this.neverCached = neverCached.stream().map(SubjectFilter::of).toList();
    }

    /** What viewers get who may have the subjects that match one of these filters. Those with the same filters have the same. */
    public synchronized LatestValueBroadcaster<String, TelemetryMessage> broadcaster(List<String> filters) {
        for (Audience audience : audiences) {
            if (audience.filters.equals(filters)) {
                return audience.broadcaster;
            }
        }
        Audience added = new Audience(List.copyOf(filters), filters.stream().map(SubjectFilter::of).toList(), newBroadcaster());
        List<Audience> more = new ArrayList<>(audiences);
        more.add(added);
        audiences = List.copyOf(more);
        return added.broadcaster;
    }

    private LatestValueBroadcaster<String, TelemetryMessage> newBroadcaster() {
        return LatestValueBroadcaster.<String, TelemetryMessage>builder()
                .maxMessages(MESSAGES_PER_CLIENT)
                .maxBytes(BYTES_PER_CLIENT)
                .cachedKeys(cachedSubjects)
                .cacheable(subject -> neverCached.stream().noneMatch(filter -> filter.matches(subject)))
                .evictions((subject, clients) -> counters.dropped(subject, QUEUE_OVERFLOW, clients))
                .build();
    }

    public TelemetryCounters counters() {
        return counters;
    }

    /** @param subject at most 256 bytes of UTF-8 */
    public void publish(String subject, byte[] payload) {
        counters.received(subject);
        TelemetryMessage message = TelemetryMessage.of(subject, payload);
        List<Audience> all = audiences;
        for (Audience audience : all) {
            // What comes is what somebody may have; with one audience that is who it is for.
            if (all.size() == 1 || audience.hears(subject)) {
                audience.broadcaster.publish(subject, message, message.lengthBytes());
            }
        }
    }

    /** @param reason out of a fixed set */
    void dropped(String subject, String reason) {
        counters.received(subject);
        counters.dropped(subject, reason);
    }
}
