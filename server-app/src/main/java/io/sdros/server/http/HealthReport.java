package io.sdros.server.http;

import io.sdros.server.metrics.HistogramSnapshot;
import io.sdros.server.stream.StreamCondition;
import io.sdros.server.stream.VideoStream;
import io.sdros.server.text.Json;
import io.sdros.telemetry.nats.NatsDenial;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * The answer of /health: that the process serves, and how things are.
 *
 * @param shmSequence unsigned
 * @param lastFrameAgeMillis absent before the first frame
 * @param nats off, connected, connecting, …; demo: telemetry comes without it
 * @param natsDenials what the NATS server does not allow, though connected
 * @param framesBroadcast frames read and offered to the clients
 * @param clientLagTotal how often a client fell behind
 * @param averageFrameSizeBytes payload of all frames read; 0 before the first
 */
public record HealthReport(int clients, long shmSequence, OptionalLong lastFrameAgeMillis, long uptimeSeconds, String nats,
                    List<NatsDenial> natsDenials, long framesBroadcast, long clientLagTotal, long averageFrameSizeBytes) {

    public HealthReport {
        natsDenials = List.copyOf(natsDenials);
    }

    public static HealthReport of(VideoStream stream, int clients, Duration uptime, String nats, List<NatsDenial> natsDenials) {
        StreamCondition condition = stream.condition();
        HistogramSnapshot sizes = stream.frameSizes().snapshot();
        return new HealthReport(clients, condition.sequence(), condition.lastFrameAgeMillis(), uptime.toSeconds(), nats, natsDenials,
            sizes.observations(), stream.lagEvents(), Math.round(sizes.mean()));
    }

    String json() {
        return new Json()
            .put("status", "ok")
            .put("clients", clients)
            .putUnsigned("shm_seq", shmSequence)
            .put("last_frame_age_ms", lastFrameAgeMillis)
            .put("uptime_s", uptimeSeconds)
            .put("nats", nats)
            .put("nats_denied", natsDenials.stream().map(HealthReport::denial).toList())
            .put("frames_broadcast", framesBroadcast)
            .put("client_lag_total", clientLagTotal)
            .put("avg_frame_size_bytes", averageFrameSizeBytes)
            .toString();
    }

    private static Json denial(NatsDenial denial) {
        return new Json()
            .put("operation", denial.operation().name().toLowerCase(Locale.ROOT))
            .put("subject", denial.subject())
            .put("since", denial.since().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
