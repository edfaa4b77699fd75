package io.sdros.server;

import java.util.OptionalLong;

/**
 * The answer of /health: that the process serves, and how things are.
 *
 * @param shmSequence unsigned
 * @param lastFrameAgeMillis absent before the first frame
 * @param nats off, connected, connecting, …; demo: telemetry comes without it
 */
record HealthReport(int clients, long shmSequence, OptionalLong lastFrameAgeMillis, long uptimeSeconds, String nats) {

    String json() {
        return new Json()
            .put("status", "ok")
            .put("clients", clients)
            .putUnsigned("shm_seq", shmSequence)
            .put("last_frame_age_ms", lastFrameAgeMillis)
            .put("uptime_s", uptimeSeconds)
            .put("nats", nats)
            .toString();
    }
}
