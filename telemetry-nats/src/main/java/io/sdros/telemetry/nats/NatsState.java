package io.sdros.telemetry.nats;

/** Where the relay stands with NATS. Every state but {@link #CLOSED} leads to {@link #CONNECTED} by itself. */
public enum NatsState {
    /** Started, the first round of attempts is not over yet. */
    CONNECTING,
    /** Connected and subscribed. */
    CONNECTED,
    /** No server could be reached, or the connection was lost; attempts go on. */
    DISCONNECTED,
    /** At least one server was reached and refused the credentials; attempts go on. */
    REFUSED,
    /** Closed by its owner, or not started yet. */
    CLOSED
}
