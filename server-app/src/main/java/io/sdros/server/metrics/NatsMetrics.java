package io.sdros.server.metrics;

import io.sdros.telemetry.nats.DropReason;
import io.sdros.telemetry.nats.NatsDenial;
import io.sdros.telemetry.nats.NatsStatistics;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Telemetry, and the connection to NATS.
 *
 * @param statistics empty when the settings say there is no NATS server
 * @param denials what the server does not allow now
 */
public record NatsMetrics(TelemetryCounters telemetry, Supplier<Optional<NatsStatistics>> statistics,
        Supplier<? extends Collection<NatsDenial>> denials) implements MetricSource {

    private static final NatsStatistics NONE = new NatsStatistics(false, 0, 0, Map.of(), 0, 0, 0, Map.of(), 0);
    private static final String SLOW_CONSUMER = "slow_consumer";
    private static final String UNKNOWN_SUBJECT = "unknown";

    @Override
    public void addTo(MetricFamilies families) {
        Optional<NatsStatistics> given = statistics.get();
        NatsStatistics counted = given.orElse(NONE);
        addTelemetry(families, counted);
        families
            .gauge("nats_enabled", "1 when the settings name a NATS server.", given.isPresent() ? 1 : 0)
            .gauge("nats_connected", "1 while connected to NATS.", counted.connected() ? 1 : 0)
            .counter("nats_reconnects_total", "Times the connection to NATS was established again.", counted.reconnects())
            .gauge("nats_denied", "Subjects the NATS server does not allow now.", denials.get().size())
            .counter("nats_refusals_total", "Times the NATS server refused a subscription or a message.", "operation", Map.of(
                "subscribe", counted.refusals().getOrDefault(NatsDenial.Operation.SUBSCRIBE, 0L),
                "publish", counted.refusals().getOrDefault(NatsDenial.Operation.PUBLISH, 0L)))
            .counter("nats_slow_consumer_cuts_total",
                "Connections to NATS that ended because telemetry arrived faster than it was taken.", counted.slowConsumerCuts());
    }

    /** What the NATS client dropped because it was not taken in time has subjects that nobody saw. */
    private void addTelemetry(MetricFamilies families, NatsStatistics counted) {
        Map<String, Map<String, Long>> dropped = telemetry.droppedByReasonAndSubject();
        dropped.put(SLOW_CONSUMER, Map.of(UNKNOWN_SUBJECT, counted.dropped().getOrDefault(DropReason.SLOW_CONSUMER, 0L)));
        families
            .counter("telemetry_received_total", "Telemetry messages received from NATS, by subject.", "subject", telemetry.receivedBySubject())
            .counter("telemetry_dropped_total", "Telemetry messages dropped, by reason and subject.", List.of("reason", "subject"), dropped);
    }
}
