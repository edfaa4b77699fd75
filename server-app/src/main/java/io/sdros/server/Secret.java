package io.sdros.server;

import java.util.Objects;

/** A text that must not reach a log: printing this object shows asterisks. Compare it in constant time, with {@link java.security.MessageDigest}. */
final class Secret {

    static final String MASK = "***";

    private final String text;

    Secret(String text) {
        this.text = Objects.requireNonNull(text, "text");
    }

    String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return MASK;
    }
}
