package io.sdros.telemetry.nats.connection;

import io.sdros.telemetry.nats.NatsDenial.Operation;
import java.util.Locale;
import java.util.Optional;

/**
 * What an error line of a NATS server ({@code -ERR '…'}) says, as far as it matters here. Servers word a denial in several
 * ways, and more of them may come:
 *
 * <pre>
 *   Permissions Violation for Subscription to "a.>"                  on subscribing
 *   Permissions Violation for Subscription to "a.>" (sid "1")        taken away by a reload of the configuration
 *   Permissions Violation for Subscription to "a.>" using queue "q"
 *   Permissions Violation for Subscription to "a.>", too many tokens
 *   Permissions Violation for Publish to "a.b"                       for every message
 *   Permissions Violation for Publish to a.b                         as the protocol's description has it
 * </pre>
 *
 * The subject is quoted as Go quotes strings, and jnats removes all apostrophes.
 *
 * @param denied  what is denied, if that is what it says
 * @param subject to what; without apostrophes, empty if nothing is denied
 */
public record ServerError(String text, Optional<Operation> denied, String subject) {
    private static final String SUBSCRIBE = "permissions violation for subscription to ";
    private static final String PUBLISH = "permissions violation for publish to ";
    private static final String SLOW_CONSUMER = "slow consumer";
    private static final int HEX = 16;

    static ServerError of(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith(SUBSCRIBE)) {
            return new ServerError(text, Optional.of(Operation.SUBSCRIBE), subjectAt(text, SUBSCRIBE.length()));
        }
        if (lower.startsWith(PUBLISH)) {
            return new ServerError(text, Optional.of(Operation.PUBLISH), subjectAt(text, PUBLISH.length()));
        }
        return new ServerError(text, Optional.empty(), "");
    }

    /** A subject in the form in which error lines name it. */
    public static String asNamed(String subject) {
        return subject.replace("'", "");
    }

    /** Whether the connection goes on after it, as far as known. */
    boolean permissionsOnly() {
        return text.toLowerCase(Locale.ROOT).contains("permissions violation");
    }

    boolean slowConsumer() {
        return text.toLowerCase(Locale.ROOT).contains(SLOW_CONSUMER);
    }

    private static String subjectAt(String text, int from) {
        if (from < text.length() && text.charAt(from) == '"') {
            return asNamed(unquoted(text, from + 1));
        }
        int end = from;
        while (end < text.length() && text.charAt(end) != ' ') {
            end++;
        }
        return asNamed(text.substring(from, end));
    }

    /** Up to the closing quote, escapes resolved. No subject has control characters, so those escapes do not matter. */
    private static String unquoted(String text, int from) {
        StringBuilder subject = new StringBuilder();
        int i = from;
        while (i < text.length() && text.charAt(i) != '"') {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                subject.append(c);
                i++;
                continue;
            }
            int digits = digitsAfter(text.charAt(i + 1));
            if (digits == 0 || i + 2 + digits > text.length()) {
                subject.append(text.charAt(i + 1));
                i += 2;
                continue;
            }
            subject.appendCodePoint(codePoint(text.substring(i + 2, i + 2 + digits)));
            i += 2 + digits;
        }
        return subject.toString();
    }

    private static int digitsAfter(char escape) {
        return switch (escape) {
            case 'x' -> 2;
            case 'u' -> 4;
            case 'U' -> 8;
            default -> 0;
        };
    }

    private static int codePoint(String hex) {
        try {
            int value = Integer.parseInt(hex, HEX);
            return Character.isValidCodePoint(value) ? value : '?';
        } catch (NumberFormatException e) {
            return '?';
        }
    }
}
