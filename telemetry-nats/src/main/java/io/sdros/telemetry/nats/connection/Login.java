package io.sdros.telemetry.nats.connection;

import java.util.Optional;

/** What a server address says about who logs in. Exactly as typed, percent escapes resolved; never printed. */
public record Login(Optional<String> user, Optional<String> password, Optional<String> token) {
    static final Login NONE = new Login(Optional.empty(), Optional.empty(), Optional.empty());

    static Login token(String token) {
        return new Login(Optional.empty(), Optional.empty(), Optional.of(token));
    }

    static Login user(String user, String password) {
        return new Login(Optional.of(user), Optional.of(password), Optional.empty());
    }

    @Override
    public String toString() {
        return equals(NONE) ? "" : "***@";
    }
}
