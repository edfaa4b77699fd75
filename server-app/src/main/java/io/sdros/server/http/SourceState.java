package io.sdros.server.http;

import io.sdros.server.stream.StreamCondition;
import io.sdros.server.text.Json;
import java.time.Duration;
import java.util.Locale;

/**
 * What somebody who came now would see of a stream.
 *
 * @param why one sentence for the operator
 */
public record SourceState(Kind kind, String why) {

    /** In short. */
    public enum Kind {
        /** Frames arrive that can be shown. */
        LIVE,
        /** There is a source, and nothing of now comes from it. */
        STALE,
        /** There is no source, or none that can be read. */
        ABSENT
    }

    public static SourceState of(StreamCondition condition, Duration maxAge) {
        String trouble = ReadyReport.whyNot(condition, maxAge);
        if (trouble.isEmpty()) {
            return new SourceState(Kind.LIVE, ReadyReport.WELL);
        }
        return new SourceState(condition.region() == StreamCondition.Region.ATTACHED ? Kind.STALE : Kind.ABSENT, trouble);
    }

    void addTo(Json json) {
        json.put("source", kind.name().toLowerCase(Locale.ROOT)).put("why", why);
    }
}
