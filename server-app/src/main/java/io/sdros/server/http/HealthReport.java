package io.sdros.server.http;

import io.sdros.server.text.Json;
import io.sdros.telemetry.nats.NatsDenial;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The answer of /health: that the process serves, and how things are. What is said without naming a stream is of the first.
 *
 * @param clients of all streams
 * @param nats off, connected, connecting, …; demo: telemetry comes without it
 * @param natsDenials what the NATS server does not allow, though connected
 * @param relay connected, connecting, … to the other machines; absent if there are none to be
 */
public record HealthReport(int clients, Duration uptime, String nats, List<NatsDenial> natsDenials, Optional<String> relay,
        List<StreamHealth> streams) {

    public HealthReport {
        natsDenials = List.copyOf(natsDenials);
        streams = List.copyOf(streams);
    }

    String json() {
        Optional<StreamHealth> first = streams.stream().findFirst();
        Json json = new Json()
            .put("status", "ok")
            .put("clients", clients)
            .putUnsigned("shm_seq", first.map(StreamHealth::shmSequence).orElse(0L))
            .put("last_frame_age_ms", first.map(StreamHealth::lastFrameAgeMillis).orElse(OptionalLong.empty()))
            .put("uptime_s", uptime.toSeconds())
            .put("nats", nats)
            .put("nats_denied", natsDenials.stream().map(HealthReport::denial).toList());
        relay.ifPresent(state -> json.put("relay", state));
        first.ifPresent(stream -> stream.addFramesTo(json));
        return json.put("streams", streams.stream().map(StreamHealth::json).toList()).toString();
    }

    private static Json denial(NatsDenial denial) {
        return new Json()
            .put("operation", denial.operation().name().toLowerCase(Locale.ROOT))
            .put("subject", denial.subject())
            .put("since", denial.since().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
