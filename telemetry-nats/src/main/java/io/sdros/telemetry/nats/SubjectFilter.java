package io.sdros.telemetry.nats;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/**
 * A NATS subject filter: tokens separated by dots, where {@code *} stands for exactly one token and a final {@code >}
 * for one or more. Immutable.
 */
public final class SubjectFilter {
    private static final String ANY_TOKEN = "*";
    private static final String ANY_TAIL = ">";

    private final String text;
    private final String[] tokens;

    private SubjectFilter(String text) {
        this.text = text;
        this.tokens = text.split("\\.", -1);
    }

    /**
     * Reads a filter.
     *
     * @throws IllegalArgumentException if {@link #problemWith} finds something wrong
     */
    public static SubjectFilter of(String text) {
        problemWith(text).ifPresent(problem -> {
            throw new IllegalArgumentException("subject filter \"" + text + "\": " + problem);
        });
        return new SubjectFilter(text);
    }

    /** What is wrong with a filter, as the end of a sentence; empty if nothing is. */
    public static Optional<String> problemWith(String filter) {
        return problemWith(filter, true);
    }

    /** What is wrong with a subject to publish to, where wildcards mean nothing; empty if nothing is. */
    public static Optional<String> problemWithSubject(String subject) {
        return problemWith(subject, false);
    }

    /** Whether a message published to this subject passes. */
    public boolean matches(String subject) {
        int start = 0;
        for (int i = 0; i < tokens.length; i++) {
            if (start > subject.length()) {
                return false;
            }
            int dot = subject.indexOf('.', start);
            int end = dot < 0 ? subject.length() : dot;
            String token = tokens[i];
            if (token.equals(ANY_TAIL)) {
                return end > start;
            }
            boolean same = token.equals(ANY_TOKEN)
                    ? end > start
                    : end - start == token.length() && subject.startsWith(token, start);
            if (!same) {
                return false;
            }
            start = end + 1;
        }
        // One past the end of the subject: its last token was the filter's last.
        return start == subject.length() + 1;
    }

    private static Optional<String> problemWith(String text, boolean wildcards) {
        Objects.requireNonNull(text, "text");
        if (text.isEmpty()) {
            return Optional.of("it is empty");
        }
        if (hasWhiteSpace(text)) {
            return Optional.of("it contains white space or a control character");
        }
        if (text.getBytes(StandardCharsets.UTF_8).length > NatsRelay.MAX_SUBJECT_BYTES) {
            return Optional.of("it is longer than " + NatsRelay.MAX_SUBJECT_BYTES + " bytes");
        }
        String[] tokens = text.split("\\.", -1);
        for (int i = 0; i < tokens.length; i++) {
            Optional<String> problem = problemWithToken(tokens[i], i == tokens.length - 1, wildcards);
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    /** A loop, for it is run for each keyframe request, too rarely to be compiled. */
    private static boolean hasWhiteSpace(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7F || Character.isWhitespace(c)) {
                return true;
            }
        }
        return false;
    }

    private static Optional<String> problemWithToken(String token, boolean last, boolean wildcards) {
        if (token.isEmpty()) {
            return Optional.of("it has an empty token (a dot at the start or the end, or two in a row)");
        }
        boolean any = token.contains(ANY_TOKEN);
        boolean tail = token.contains(ANY_TAIL);
        if ((any || tail) && !wildcards) {
            return Optional.of("wildcards are not allowed in a subject to publish to");
        }
        if ((any || tail) && token.length() > 1) {
            return Optional.of("a wildcard must be a whole token, as in telemetry.*.speed or telemetry.>");
        }
        if (tail && !last) {
            return Optional.of("> is only allowed as the last token");
        }
        return Optional.empty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SubjectFilter filter && filter.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
