package io.sdros.server.settings;

import io.sdros.server.text.Parsed;
import io.sdros.telemetry.nats.NatsServers;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One or more NATS servers as NATS writes them. Users, passwords and tokens inside never show when this object is printed.
 */
public final class NatsUrl {

    private static final String ACCEPTED =
        "one or more comma-separated servers, [nats://|tls://][user:password@|token@]host[:port], or none for no NATS";
    private static final String NO_NATS = "none";
    // The user part reaches to the LAST at-sign: a password that should have been percent-encoded must not show either.
    private static final Pattern SHOWN = Pattern.compile(
        "(?<scheme>[A-Za-z][A-Za-z0-9+.-]*://)?(?<user>.*@)?(?<host>\\[[^]@]*]|[^:@?#/]*)(?<tail>.*)", Pattern.DOTALL);
    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}");
    private static final int LAST_PORT = 65_535;

    private final String text;

    private NatsUrl(String text) {
        this.text = text;
    }

    static ValueType<Optional<NatsUrl>> type() {
        return new ValueType<>(ACCEPTED, NatsUrl::parse);
    }

    /** Servers that a program names. */
    public static NatsUrl of(String servers) {
        return new NatsUrl(servers);
    }

    /** The whole list with the credentials in it, for the client only. */
    public String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return masked(text);
    }

    /**
     * The text without its secrets, whether it is well formed or not: what stands before an at-sign goes, and so does
     * what stands where a port should be and is none ("nats://user:password", the host forgotten).
     */
    static String masked(String text) {
        int lastAt = text.lastIndexOf('@');
        int listFrom = text.indexOf(',', lastAt + 1);
        // Cut at commas only where no at-sign follows, or where every item is well formed: a comma may be part of a password.
        if (NatsServers.problemWith(text).isEmpty() || lastAt < 0) {
            return Arrays.stream(text.split(",", -1)).map(String::strip).map(NatsUrl::maskedServer).collect(Collectors.joining(","));
        }
        String first = listFrom < 0 ? text : text.substring(0, listFrom);
        String rest = listFrom < 0 ? "" : "," + masked(text.substring(listFrom + 1));
        return maskedServer(first.strip()) + rest;
    }

    private static String maskedServer(String server) {
        Matcher parts = SHOWN.matcher(server);
        if (!parts.matches()) {
            return Secret.MASK;
        }
        String scheme = parts.group("scheme") == null ? "" : parts.group("scheme");
        String user = parts.group("user") == null ? "" : Secret.MASK + "@";
        String tail = parts.group("tail");
        boolean plainTail = tail.isEmpty() || isPort(tail);
        return scheme + user + parts.group("host") + (plainTail ? tail : ":" + Secret.MASK);
    }

    private static Parsed<Optional<NatsUrl>> parse(String text) {
        if (text.equalsIgnoreCase(NO_NATS)) {
            return Parsed.of(Optional.empty());
        }
        Optional<String> wrong = NatsServers.problemWith(text);
        return wrong.isPresent() ? Parsed.rejected(wrong.get()) : Parsed.of(Optional.of(new NatsUrl(text)));
    }

    private static boolean isPort(String tail) {
        return PORT.matcher(tail).matches() && Integer.parseInt(tail.substring(1)) <= LAST_PORT;
    }
}
