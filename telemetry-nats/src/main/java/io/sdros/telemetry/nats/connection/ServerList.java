package io.sdros.telemetry.nats.connection;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/** Reads server lists, whose grammar is described with {@code NatsServers}. */
public final class ServerList {
    private static final int DEFAULT_PORT = 4222;
    private static final int MAX_PORT = 65_535;
    // Underscores are no part of a host name by the book, but Docker Compose makes service names with them.
    private static final Pattern HOST_NAME = Pattern.compile("[\\p{Alnum}_]([\\p{Alnum}_.-]*[\\p{Alnum}_.])?");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[\\p{Alnum}_.-]+)?");
    private static final Pattern PERCENT_ESCAPES = Pattern.compile("(?:[^%]|%[0-9A-Fa-f]{2})*");

    private ServerList() {
    }

    /**
     * The servers in the order written.
     *
     * @throws IllegalArgumentException if something is wrong, in a clause that quotes no part of the list, since any part may
     *                                  be a secret
     */
    public static List<ServerAddress> parse(String servers) {
        Objects.requireNonNull(servers, "servers");
        String[] parts = servers.split(",", -1);
        List<ServerAddress> parsed = new ArrayList<>(parts.length);
        for (int i = 0; i < parts.length; i++) {
            String where = parts.length == 1 ? "" : "server " + (i + 1) + " of " + parts.length + ": ";
            try {
                parsed.add(parseOne(parts[i].strip()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(where + e.getMessage(), e);
            }
        }
        return List.copyOf(parsed);
    }

    private static ServerAddress parseOne(String text) {
        require(!text.isEmpty(), "nothing between the commas, or nothing at all");
        require(text.chars().noneMatch(c -> c <= ' ' || c == 0x7F), "white space inside an address");
        boolean tls = false;
        String rest = text;
        int schemeEnd = text.indexOf("://");
        if (schemeEnd >= 0) {
            String scheme = text.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
            require(scheme.equals("nats") || scheme.equals("tls"), "an address starts with nats://, tls:// or the host");
            tls = scheme.equals("tls");
            rest = text.substring(schemeEnd + 3);
        }
        int at = rest.lastIndexOf('@');
        Login login = at < 0 ? Login.NONE : parseLogin(rest.substring(0, at));
        String place = rest.substring(at + 1);
        if (place.endsWith("/")) {
            place = place.substring(0, place.length() - 1);
        }
        return parsePlace(tls, login, place);
    }

    private static Login parseLogin(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            require(!text.isEmpty(), "nothing in front of the @");
            return Login.token(unescaped(text));
        }
        require(colon > 0, "no user in front of the password");
        return Login.user(unescaped(text.substring(0, colon)), unescaped(text.substring(colon + 1)));
    }

    private static ServerAddress parsePlace(boolean tls, Login login, String place) {
        String host;
        String port;
        if (place.startsWith("[")) {
            int end = place.indexOf(']');
            require(end > 0, "an IPv6 address without its closing bracket");
            host = place.substring(1, end);
            port = place.substring(end + 1);
            require(IPV6.matcher(host).matches(), "no IPv6 address in the brackets");
        } else {
            int colon = place.indexOf(':');
            host = colon < 0 ? place : place.substring(0, colon);
            port = colon < 0 ? "" : place.substring(colon);
            require(!host.isEmpty(), "no host");
            require(port.lastIndexOf(':') <= 0, "more than one colon after the host (an IPv6 address goes in brackets)");
            require(HOST_NAME.matcher(host).matches(), "a host name consists of letters, digits, dots, dashes and underscores");
        }
        return new ServerAddress(tls, login, host, parsePort(port));
    }

    private static int parsePort(String text) {
        if (text.isEmpty()) {
            return DEFAULT_PORT;
        }
        String digits = text.substring(1);
        boolean number = text.startsWith(":") && digits.matches("[0-9]{1,5}");
        require(number && Integer.parseInt(digits) >= 1 && Integer.parseInt(digits) <= MAX_PORT,
                "the port is not a number from 1 to " + MAX_PORT);
        return Integer.parseInt(digits);
    }

    private static String unescaped(String text) {
        require(PERCENT_ESCAPES.matcher(text).matches(), "a % in the login that is not followed by two hexadecimal digits");
        // URLDecoder also turns + into a space, which a password means literally.
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new IllegalArgumentException(problem);
        }
    }
}
