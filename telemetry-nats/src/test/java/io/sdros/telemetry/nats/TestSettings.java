package io.sdros.telemetry.nats;

import io.sdros.telemetry.nats.connection.ConnectionSettings;
import io.sdros.telemetry.nats.connection.ServerAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** How tests connect that make the parts of a relay themselves. */
final class TestSettings {

    private TestSettings() {
    }

    static ConnectionSettings of(List<ServerAddress> servers, String name) {
        return new ConnectionSettings(servers, Optional.empty(), Optional.empty(), name, Duration.ofMillis(1_500), 256,
                new ConnectionSettings.Pings(Duration.ofSeconds(1), Duration.ofSeconds(3), false), "NATS",
                LoggerFactory.getLogger(NatsRelay.class));
    }
}
