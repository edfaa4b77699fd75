package io.sdros.server.settings;

import io.sdros.server.text.Parsed;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The token clients must show, given as a text or in a file. It must survive a header line and a URL, hence printable
 * ASCII without blanks.
 */
final class AuthTokens {

    /** Half of the smallest request-line limit in common use (8 KiB), so that a token always fits beside the path. */
    private static final int LONGEST_CHARACTERS = 4096;

    private AuthTokens() {
    }

    static ValueType<Secret> text() {
        return new ValueType<>("1 to " + LONGEST_CHARACTERS + " printable ASCII characters without blanks", AuthTokens::check);
    }

    static ValueType<Secret> file() {
        return new ValueType<>("a readable file with a token of 1 to " + LONGEST_CHARACTERS + " printable ASCII characters without blanks",
            name -> ReadableFiles.read(name).then(file -> check(file.text().strip()))
                .then(token -> Parsed.of(new Secret(token.reveal(), Optional.of(Path.of(name))))));
    }

    private static Parsed<Secret> check(String token) {
        if (token.isEmpty()) {
            return Parsed.rejected("it is empty");
        }
        if (token.length() > LONGEST_CHARACTERS) {
            return Parsed.rejected("it has " + token.length() + " characters");
        }
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            if (c <= ' ' || c > '~') {
                return Parsed.rejected("character " + (i + 1) + " is none of these");
            }
        }
        return Parsed.of(new Secret(token));
    }
}
