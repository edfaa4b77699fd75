package io.sdros.telemetry.nats;

import java.util.Locale;
import java.util.Objects;

/**
 * A state and what is known about it.
 *
 * @param state  where the relay stands
 * @param detail the server connected to, or why there is none; never contains credentials, may be empty
 */
public record NatsStatus(NatsState state, String detail) {
    public NatsStatus {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(detail, "detail");
    }

    /** The state in lower case, followed by the detail if there is one. */
    @Override
    public String toString() {
        String name = state.name().toLowerCase(Locale.ROOT);
        return detail.isEmpty() ? name : name + ": " + detail;
    }
}
