package io.sdros.telemetry.nats;

import io.sdros.telemetry.nats.connection.ConnectionSettings;
import java.time.Duration;
import java.util.List;

/** What a relay was built with. */
record RelayConfig(
        ConnectionSettings connection,
        List<SubjectFilter> filters,
        int maxPayloadBytes,
        int pendingMessages,
        long pendingBytes,
        Duration denialRetry) {
}
