package io.sdros.telemetry.nats;

import java.util.Optional;

/** How an attempt to connect to one address ended. */
record Attempt(Optional<NatsSession> session, Result result, String failure) {
    enum Result { CONNECTED, UNREACHABLE, REFUSED, TLS_REQUIRED, TLS_NOT_OFFERED }

    static Attempt connected(NatsSession session) {
        return new Attempt(Optional.of(session), Result.CONNECTED, "");
    }

    static Attempt failed(Result result, String failure) {
        return new Attempt(Optional.empty(), result, failure);
    }
}
