package io.sdros.telemetry.nats;

import java.time.Instant;
import java.util.Objects;

/**
 * Something the server does not let this login do.
 *
 * @param subject the subject or filter as the relay uses it
 * @param since   when the server first said so
 */
public record NatsDenial(Operation operation, String subject, Instant since) {
    /** What is denied. */
    public enum Operation { SUBSCRIBE, PUBLISH }

    public NatsDenial {
        Objects.requireNonNull(operation, "operation");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(since, "since");
    }
}
