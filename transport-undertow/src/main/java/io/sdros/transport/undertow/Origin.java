package io.sdros.transport.undertow;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** A web origin (RFC 6454) in normal form: lower case, the scheme's default port written out. */
record Origin(String scheme, String host, int port) {

    private static final int NO_PORT = -1;

    /** Empty for anything but {@code scheme://host[:port]}, the opaque origin {@code null} included. */
    static Optional<Origin> parse(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getScheme() == null || uri.getHost() == null || uri.getRawUserInfo() != null
                    || !uri.getRawPath().isEmpty() || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                return Optional.empty();
            }
            String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
            int port = uri.getPort() == NO_PORT ? defaultPort(scheme) : uri.getPort();
            return Optional.of(new Origin(scheme, uri.getHost().toLowerCase(Locale.ROOT), port));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether a request was sent to this origin. The scheme is compared if it is known: behind a proxy that ends TLS,
     * and that no setting names, the page is https and the request http.
     */
    boolean sameAs(RequestSource source) {
        String requestScheme = source.scheme().map(known -> known.toLowerCase(Locale.ROOT)).orElse(scheme);
        return parse(requestScheme + "://" + source.host()).filter(this::equals).isPresent();
    }

    private static int defaultPort(String scheme) {
        return switch (scheme) {
            case "http", "ws" -> 80;
            case "https", "wss" -> 443;
            default -> NO_PORT;
        };
    }
}
