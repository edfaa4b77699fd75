package io.sdros.telemetry.nats;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a relay was built with. */
record RelayConfig(
        List<ServerAddress> servers,
        List<SubjectFilter> filters,
        Optional<Path> credentialsFile,
        Optional<Path> caFile,
        String name,
        Duration connectTimeout,
        int maxPayloadBytes,
        int pendingMessages,
        long pendingBytes,
        Duration denialRetry) {
}
