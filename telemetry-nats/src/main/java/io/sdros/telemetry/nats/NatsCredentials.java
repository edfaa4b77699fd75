package io.sdros.telemetry.nats;

import io.sdros.telemetry.nats.connection.CredentialsFile;
import java.security.GeneralSecurityException;
import java.util.Optional;

/** What a credentials file may contain: a user JWT and its NKey seed as {@code nsc} writes them, or such a seed alone. */
public final class NatsCredentials {

    private NatsCredentials() {
    }

    /** What is wrong with the text of a credentials file, as a clause that quotes nothing of it; empty if nothing is. */
    public static Optional<String> problemWith(String text) {
        try {
            CredentialsFile.parse(text.lines().toList());
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            return Optional.of(e.getMessage());
        }
    }
}
