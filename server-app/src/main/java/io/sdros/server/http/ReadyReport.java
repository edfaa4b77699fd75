package io.sdros.server.http;

import io.sdros.server.bitstream.BitstreamCondition;
import io.sdros.server.stream.StreamCondition;
import io.sdros.server.text.Json;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What /ready says of one stream: whether a client that came now would see a live picture, and if not, why.
 *
 * @param why one sentence for the operator
 * @param shmSequence unsigned
 * @param lastFrameAgeMillis absent before the first frame
 * @param nats off, connected, connecting, …; video does not depend on it, so it is told and not judged
 * @param conditions what the frames themselves show that is worth a word; told and not judged
 */
public record ReadyReport(boolean ready, String why, long shmSequence, OptionalLong lastFrameAgeMillis, long maxAgeMillis, String nats,
                          List<BitstreamCondition> conditions) {

    static final String WELL = "frames are arriving";
    private static final String UNWATCHED = "nobody watches, and there is a connection to the relay's NATS server";

    private static final int OK = 200;
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final double MILLIS_PER_SECOND = 1000;
    private static final double NANOS_PER_SECOND = 1e9;

    public static ReadyReport of(StreamCondition condition, Duration maxAge, String nats, boolean stopping) {
        boolean unwatched = condition.relayed().map(relayed -> relayed.connected() && !relayed.wanted()).orElse(false);
        String trouble = stopping ? "the server is stopping" : unwatched ? "" : whyNot(condition, maxAge);
        return new ReadyReport(trouble.isEmpty(), !trouble.isEmpty() ? trouble : unwatched ? UNWATCHED : WELL, condition.sequence(),
            condition.lastFrameAgeMillis(), maxAge.toMillis(), nats, condition.conditions());
    }

    int httpStatus() {
        return ready ? OK : SERVICE_UNAVAILABLE;
    }

    String status() {
        return ready ? "ready" : "not ready";
    }

    /** @param words why, and of which stream if that needs to be said */
    Json json(String words) {
        return new Json()
            .put("status", status())
            .put("why", words)
            .putUnsigned("shm_seq", shmSequence)
            .put("last_frame_age_ms", lastFrameAgeMillis)
            .put("max_age_ms", maxAgeMillis)
            .put("nats", nats)
            .put("conditions", StreamWords.conditions(conditions));
    }

    /** Empty if there is nothing in the way. */
    static String whyNot(StreamCondition condition, Duration maxAge) {
        return condition.relayed().map(relayed -> whyNot(relayed, condition, maxAge)).orElseGet(() -> whyNotRead(condition, maxAge));
    }

    private static String whyNot(StreamCondition.Relayed relayed, StreamCondition condition, Duration maxAge) {
        String trouble = relayed.trouble();
        if (!trouble.isEmpty() || !relayed.wanted()) {
            return trouble;
        }
        return condition.lastFrameAgeNanos().isEmpty() ? "no frame has come from the origin yet" : whyNoFrames(condition, maxAge);
    }

    private static String whyNotRead(StreamCondition condition, Duration maxAge) {
        return switch (condition.region()) {
            case ABSENT -> "there is no shared memory file: " + condition.regionDetail();
            case UNUSABLE -> "the shared memory file cannot be used: " + condition.regionDetail();
            case ATTACHED -> whyNoFrames(condition, maxAge);
        };
    }

    private static String whyNoFrames(StreamCondition condition, Duration maxAge) {
        OptionalLong age = condition.lastFrameAgeNanos();
        if (age.isEmpty()) {
            return nothingSeen(condition);
        }
        if (!condition.readFailure().isEmpty()) {
            return "frames are written but cannot be read: " + condition.readFailure();
        }
        if (age.getAsLong() >= maxAge.toNanos()) {
            return String.format(Locale.ROOT, "the last frame is %.1f s old, the limit is %.1f s: the writer has stopped or hangs",
                age.getAsLong() / NANOS_PER_SECOND, maxAge.toMillis() / MILLIS_PER_SECOND);
        }
        return condition.keyframeMissing()
            .map(missing -> "no keyframe for " + missing.toSeconds() + " s though frames arrive: the encoder sends none, also not when asked")
            .orElse("");
    }

    private static String nothingSeen(StreamCondition condition) {
        if (condition.sequence() == 0) {
            return "the writer has not written a frame yet: " + condition.regionDetail();
        }
        String unreadable = condition.readFailure().isEmpty() ? "" : ", and what is in it cannot be read: " + condition.readFailure();
        return "nobody is seen to write, the sequence stays at " + Long.toUnsignedString(condition.sequence()) + unreadable + ": "
            + condition.regionDetail();
    }
}
