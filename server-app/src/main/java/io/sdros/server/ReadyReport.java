package io.sdros.server;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * The answer of /ready: whether a client that came now would see a live picture, and if not, why.
 *
 * @param why one sentence for the operator
 * @param shmSequence unsigned
 * @param lastFrameAgeMillis absent before the first frame
 * @param nats off, connected, connecting, …; video does not depend on it, so it is told and not judged
 */
record ReadyReport(boolean ready, String why, long shmSequence, OptionalLong lastFrameAgeMillis, long maxAgeMillis, String nats) {

    private static final int OK = 200;
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final double MILLIS_PER_SECOND = 1000;

    static ReadyReport of(StreamCondition condition, Duration maxAge, String nats) {
        OptionalLong ageNanos = condition.lastFrameAgeNanos();
        boolean young = ageNanos.isPresent() && ageNanos.getAsLong() < maxAge.toNanos();
        boolean ready = young && condition.readFailure().isEmpty();
        String why = ready ? "frames are arriving" : whyNot(condition, maxAge);
        return new ReadyReport(ready, why, condition.sequence(), condition.lastFrameAgeMillis(), maxAge.toMillis(), nats);
    }

    int httpStatus() {
        return ready ? OK : SERVICE_UNAVAILABLE;
    }

    String json() {
        return new Json()
            .put("status", ready ? "ready" : "not ready")
            .put("why", why)
            .putUnsigned("shm_seq", shmSequence)
            .put("last_frame_age_ms", lastFrameAgeMillis)
            .put("max_age_ms", maxAgeMillis)
            .put("nats", nats)
            .toString();
    }

    private static String whyNot(StreamCondition condition, Duration maxAge) {
        return switch (condition.region()) {
            case ABSENT -> "there is no shared memory file: " + condition.regionDetail();
            case UNUSABLE -> "the shared memory file cannot be used: " + condition.regionDetail();
            case ATTACHED -> whyNoFrames(condition, maxAge);
        };
    }

    private static String whyNoFrames(StreamCondition condition, Duration maxAge) {
        if (!condition.readFailure().isEmpty()) {
            return "frames are written but cannot be read: " + condition.readFailure();
        }
        if (condition.sequence() == 0) {
            return "the writer has not written a frame yet: " + condition.regionDetail();
        }
        OptionalLong age = condition.lastFrameAgeMillis();
        if (age.isEmpty()) {
            return "no frame has been read yet, though there is one: " + condition.regionDetail();
        }
        return String.format(Locale.ROOT, "the last frame is %.1f s old, the limit is %.1f s: the writer has stopped or hangs",
            age.getAsLong() / MILLIS_PER_SECOND, maxAge.toMillis() / MILLIS_PER_SECOND);
    }
}
