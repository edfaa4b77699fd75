package io.sdros.server.http;

import io.sdros.server.bitstream.BitstreamCondition;
import io.sdros.server.stream.StreamCondition;
import io.sdros.server.text.Json;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What viewers that speak sdr.2 are told of their stream, without ages and counts: reports that are equal have the same
 * words, and each change is sent to everybody.
 *
 * @param version  of the server
 * @param stream   its name
 * @param source   live, stale or absent
 * @param reason   why it is not live; else empty
 * @param conditions what the frames themselves show that is worth a word
 * @param nats     off, connected, connecting, …
 * @param titles   of all streams of the server, by name
 */
public record StateReport(String version, String stream, String source, String reason,
        List<BitstreamCondition> conditions, String nats,
        Map<String, String> titles) {

    private static final String SERVER = "sdr-transport";
    private static final long MILLIS_PER_TENTH = 100;
    private static final int TENTHS = 10;

    public StateReport {
        conditions = List.copyOf(conditions);
        titles = Collections.unmodifiableMap(new LinkedHashMap<>(titles)); // in their order
    }

    public static StateReport of(String version, String stream, StreamCondition condition, Duration maxAge, String nats,
            Map<String, String> titles) {
        List<BitstreamCondition> conditions = condition.conditions();
        if (condition.relayed().isPresent()) {
            SourceState source = SourceState.of(condition, maxAge);
            String trouble = condition.relayed().get().trouble();
            boolean live = source.kind() == SourceState.Kind.LIVE;
            String reason = live ? "" : trouble.isEmpty() ? whyStale(condition, maxAge) : trouble;
            return new StateReport(version, stream, source.kind().name().toLowerCase(Locale.ROOT), reason, conditions, nats, titles);
        }
        return switch (condition.region()) {
            case ABSENT -> new StateReport(version, stream, "absent", "there is no shared memory file", conditions, nats, titles);
            case UNUSABLE -> new StateReport(version, stream, "absent", "the shared memory file cannot be used", conditions, nats, titles);
            case ATTACHED -> {
                String trouble = whyStale(condition, maxAge);
                yield new StateReport(version, stream, trouble.isEmpty() ? "live" : "stale", trouble, conditions, nats, titles);
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
            long tenths = maxAge.toMillis() / MILLIS_PER_TENTH; // not by String.format, which takes most of a look
            return "no frame for more than " + tenths / TENTHS + "." + tenths % TENTHS + " s: the writer has stopped or hangs";
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
                .put("conditions", StreamWords.conditions(conditions)))
            .put("nats", nats)
            .put("role", "viewer")
            .put("control", Optional.<Json>empty())
            .put("streams", titles.entrySet().stream()
                .map(each -> new Json().put("name", each.getKey()).put("title", each.getValue())).toList())
            .toString();
    }
}
