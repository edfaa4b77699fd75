package io.sdros.server.http;

import io.sdros.server.bitstream.BitstreamCondition;
import io.sdros.server.bitstream.SequenceInfo;
import io.sdros.server.metrics.HistogramSnapshot;
import io.sdros.server.stream.StreamCondition;
import io.sdros.server.stream.VideoStream;
import io.sdros.server.text.Json;
import io.sdros.telemetry.nats.NatsDenial;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
 * @param conditions what the frames themselves show that is worth a word
 * @param video what the SPS of the last keyframe says; absent before the first, and with other codecs than H.264 and HEVC
 */
public record HealthReport(int clients, long shmSequence, OptionalLong lastFrameAgeMillis, long uptimeSeconds, String nats,
                    List<NatsDenial> natsDenials, long framesBroadcast, long clientLagTotal, long averageFrameSizeBytes,
                    List<BitstreamCondition> conditions, Optional<SequenceInfo> video) {

    public HealthReport {
        natsDenials = List.copyOf(natsDenials);
        conditions = List.copyOf(conditions);
    }

    public static HealthReport of(VideoStream stream, int clients, Duration uptime, String nats, List<NatsDenial> natsDenials) {
        StreamCondition condition = stream.condition();
        HistogramSnapshot sizes = stream.frameSizes().snapshot();
        return new HealthReport(clients, condition.sequence(), condition.lastFrameAgeMillis(), uptime.toSeconds(), nats, natsDenials,
            sizes.observations(), stream.lagEvents(), Math.round(sizes.mean()), condition.conditions(), stream.sequence());
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
            .put("conditions", StreamWords.conditions(conditions))
            .put("video", video.map(StreamWords::video))
            .toString();
    }

    private static Json denial(NatsDenial denial) {
        return new Json()
            .put("operation", denial.operation().name().toLowerCase(Locale.ROOT))
            .put("subject", denial.subject())
            .put("since", denial.since().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
