package io.sdros.server.http;

import io.sdros.server.stream.StreamCondition;
import io.sdros.server.text.Json;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What viewers that speak sdr.2 are told of their stream. The same things give the same words, without ages and counts:
 * each change is sent to everybody.
 *
 * @param version  of the server
 * @param stream   its name
 * @param source   live, stale or absent
 * @param reason   why it is not live; else empty
 * @param nats     off, connected, connecting, …
 * @param titles   of all streams of the server, by name
 */
public record StateReport(String version, String stream, String source, String reason, StreamCondition condition, String nats,
        Map<String, String> titles) {

    private static final String SERVER = "sdr-transport";
    private static final double MILLIS_PER_SECOND = 1000;

    public StateReport {
        titles = Collections.unmodifiableMap(new LinkedHashMap<>(titles)); // in their order
    }

    public static StateReport of(String version, String stream, StreamCondition condition, Duration maxAge, String nats,
            Map<String, String> titles) {
        return switch (condition.region()) {
            case ABSENT -> new StateReport(version, stream, "absent", "there is no shared memory file", condition, nats, titles);
            case UNUSABLE -> new StateReport(version, stream, "absent", "the shared memory file cannot be used", condition, nats, titles);
            case ATTACHED -> {
                String trouble = whyStale(condition, maxAge);
                yield new StateReport(version, stream, trouble.isEmpty() ? "live" : "stale", trouble, condition, nats, titles);
            }
        };
    }

    /** Empty if there is nothing in the way. */
    private static String whyStale(StreamCondition condition, Duration maxAge) {
        if (!condition.readFailure().isEmpty()) {
            return "frames are written but cannot be read: " + condition.readFailure();
        }
        if (condition.lastFrameAgeNanos().isEmpty()) {
            return "nobody has been seen to write a frame yet";
        }
        if (condition.lastFrameAgeNanos().getAsLong() >= maxAge.toNanos()) {
            return String.format(Locale.ROOT, "no frame for more than %.1f s: the writer has stopped or hangs",
                maxAge.toMillis() / MILLIS_PER_SECOND);
        }
        return condition.keyframeMissing().isPresent() ? "no keyframe though frames arrive: the encoder sends none, also not when asked" : "";
    }

    public String json() {
        return new Json()
            .put("server", SERVER)
            .put("version", version)
            .put("stream", stream)
            .put("title", titles.getOrDefault(stream, stream))
            .put("source", new Json()
                .put("state", source)
                .put("reason", reason)
                .put("conditions", StreamWords.conditions(condition.conditions())))
            .put("nats", nats)
            .put("role", "viewer")
            .put("control", Optional.<Json>empty())
            .put("streams", titles.entrySet().stream()
                .map(each -> new Json().put("name", each.getKey()).put("title", each.getValue())).toList())
            .toString();
    }
}
