package io.sdros.telemetry.nats.connection;

import java.util.Optional;

/** How an attempt to connect to one address ended. */
record Attempt(Optional<NatsConnection> connection, Result result, String failure) {
    enum Result { CONNECTED, UNREACHABLE, REFUSED, TLS_REQUIRED, TLS_NOT_OFFERED }

    static Attempt connected(NatsConnection connection) {
        return new Attempt(Optional.of(connection), Result.CONNECTED, "");
    }

    static Attempt failed(Result result, String failure) {
        return new Attempt(Optional.empty(), result, failure);
    }
}
