package io.sdros.transport.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;

import java.util.Optional;

/** Who may open the stream. */
final class AccessPolicy {

    private final OriginPolicy origins;
    private final Optional<TokenCheck> token;

    AccessPolicy(OriginPolicy origins, Optional<TokenCheck> token) {
        this.origins = origins;
        this.token = token;
    }

    /** Empty: allowed. */
    Optional<RefusalReason> refusal(HttpServerExchange exchange, RequestSource source) {
        if (!originAllowed(exchange, source) || !refererAllowed(exchange, source)) {
            return Optional.of(RefusalReason.ORIGIN);
        }
        return tokenAccepted(exchange) ? Optional.empty() : Optional.of(RefusalReason.TOKEN);
    }

    private boolean originAllowed(HttpServerExchange exchange, RequestSource source) {
        HeaderValues values = exchange.getRequestHeaders().get(Headers.ORIGIN);
        return values == null
                || values.size() == 1 && origins.allows(values.getFirst(), source);
    }

    /**
     * A browser sends no Origin with a plain GET of its page's own server, by which a page asks why its WebSocket was
     * refused. There a Referer that is an origin and no more stands for it. It decides on the answer to that question
     * alone, never on a handshake.
     */
    private boolean refererAllowed(HttpServerExchange exchange, RequestSource source) {
        String referer = header(exchange, Headers.REFERER_STRING);
        if (Handshake.requested(exchange) || exchange.getRequestHeaders().contains(Headers.ORIGIN)
                || !referer.endsWith("/")) {
            return true;
        }
        String origin = referer.substring(0, referer.length() - 1);
        return Origin.parse(origin).isEmpty() || origins.allows(origin, source);
    }

    private boolean tokenAccepted(HttpServerExchange exchange) {
        return token.isEmpty()
                || token.get().accepts(header(exchange, Headers.AUTHORIZATION_STRING), exchange.getQueryString());
    }

    private static String header(HttpServerExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }
}
