package io.sdros.transport.undertow.access;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A web origin (RFC 6454) in normal form: lower case, an IPv6 address in full, the scheme's default port written out. */
public record Origin(String scheme, String host, int port) {

    private static final int NO_PORT = -1;
    private static final int LAST_PORT = 65_535;
    // Not java.net.URI, which knows no host with an underscore, and none whose last part begins with a digit; browsers do.
    private static final Pattern FORM = Pattern.compile(
            "(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?<host>[A-Za-z0-9._-]+|\\[(?<ip6>[0-9A-Fa-f:.]+)])(?::(?<port>[0-9]{1,5}))?");

    /** Empty for anything but {@code scheme://host[:port]}, the opaque origin {@code null} included. */
    public static Optional<Origin> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || form.group("ip6") != null && IpLiteral.parse(form.group("ip6")).isEmpty()) {
            return Optional.empty();
        }
        String scheme = form.group("scheme").toLowerCase(Locale.ROOT);
        String host = form.group("ip6") == null
                ? form.group("host").toLowerCase(Locale.ROOT)
                : IpLiteral.parse(form.group("ip6")).map(Origin::numeric).orElseThrow();
        int port = form.group("port") == null ? defaultPort(scheme) : Integer.parseInt(form.group("port"));
        return port == 0 || port > LAST_PORT
                ? Optional.empty()
                : Optional.of(new Origin(scheme, host, port));
    }

    /**
     * Whether a request was sent to this origin. The scheme is compared if it is known: behind a proxy that ends TLS,
     * and that no setting names, the page is https and the request http.
     */
    public boolean sameAs(RequestSource source) {
        String requestScheme = source.scheme().map(Origin::pageScheme).orElse(scheme);
        return parse(requestScheme + "://" + source.host()).filter(this::equals).isPresent();
    }

    /** Whether the browser has checked by a certificate that the page is this host's, and will for what the page opens. */
    public boolean secure() {
        return scheme.equals("https");
    }

    /** A proxy may call a WebSocket's scheme ws or wss (Traefik does); the page that opened it came over http or https. */
    private static String pageScheme(String requestScheme) {
        String known = requestScheme.toLowerCase(Locale.ROOT);
        return switch (known) {
            case "ws" -> "http";
            case "wss" -> "https";
            default -> known;
        };
    }

    /** An IPv6 address can be written in many ways; this is one of them. */
    private static String numeric(InetAddress address) {
        return "[" + address.getHostAddress() + "]";
    }

    private static int defaultPort(String scheme) {
        return switch (scheme) {
            case "http" -> 80;
            case "https" -> 443;
            default -> NO_PORT;
        };
    }
}
