package io.sdros.transport.undertow;

import io.sdros.transport.undertow.access.Origin;
import io.sdros.transport.undertow.access.RequestSource;
import io.sdros.transport.undertow.access.TokenCheck;
import io.sdros.transport.undertow.ws.Handshake;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Optional;

/** Who may open the stream. */
final class AccessPolicy {

    private final OriginPolicy origins;
    private final HostPolicy hosts;
    private volatile Optional<TokenCheck> token;

    AccessPolicy(OriginPolicy origins, HostPolicy hosts, Optional<TokenCheck> token) {
        this.origins = origins;
        this.hosts = hosts;
        this.token = token;
    }

    /** Any thread. */
    void changeToken(TokenCheck check) {
        if (token.isEmpty()) {
            throw new IllegalStateException("A server that was built without a token needs none");
        }
        token = Optional.of(check);
    }

    /** Empty: allowed. */
    Optional<RefusalReason> refusal(HttpServerExchange exchange, RequestSource source) {
        Optional<RefusalReason> page = pageRefusal(exchange, source);
        if (page.isPresent()) {
            return page;
        }
        return tokenAccepted(exchange) ? Optional.empty() : Optional.of(RefusalReason.TOKEN);
    }

    private Optional<RefusalReason> pageRefusal(HttpServerExchange exchange, RequestSource source) {
        HeaderValues values = exchange.getRequestHeaders().get(Headers.ORIGIN);
        if (values == null) {
            return refererRefusal(exchange, source);
        }
        return values.size() == 1
                ? origins.refusal(values.getFirst(), source, hosts)
                : Optional.of(RefusalReason.ORIGIN);
    }

    /**
     * A browser sends no Origin with a plain GET of its page's own server, by which a page asks why its WebSocket was
     * refused. There a Referer that is an origin and no more stands for it. It decides on the answer to that question
     * alone, never on a handshake.
     */
    private Optional<RefusalReason> refererRefusal(HttpServerExchange exchange, RequestSource source) {
        String referer = header(exchange, Headers.REFERER_STRING);
        if (Handshake.requested(exchange) || !referer.endsWith("/")) {
            return Optional.empty();
        }
        String origin = referer.substring(0, referer.length() - 1);
        return Origin.parse(origin).isEmpty() ? Optional.empty() : origins.refusal(origin, source, hosts);
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
