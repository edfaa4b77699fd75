package io.sdros.server.settings;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A text that must not reach a log: printing this object shows asterisks. Compare it in constant time, with {@link
 * java.security.MessageDigest}.
 */
public final class Secret {

    static final String MASK = "***";

    private final String text;
    private final Optional<Path> file;

    Secret(String text) {
        this(text, Optional.empty());
    }

    /** @param file where it was read from */
    Secret(String text, Optional<Path> file) {
        this.text = Objects.requireNonNull(text, "text");
        this.file = file;
    }

    /** Where it was read from; empty if it was given itself. */
    public Optional<Path> file() {
        return file;
    }

    public String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return MASK;
    }
}
