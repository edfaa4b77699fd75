package io.sdros.transport.undertow;

import io.sdros.transport.undertow.access.AddressLimit;
import io.sdros.transport.undertow.access.RequestSource;
import io.sdros.transport.undertow.http.Replies;
import io.sdros.transport.undertow.sdr2.Subprotocol;
import io.sdros.transport.undertow.ws.Handshake;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.net.InetAddress;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalDouble;
import org.xnio.StreamConnection;

/**
 * What the paths of all feeds do: turn requests down, or count a client and upgrade. A plain request gets the answer its WebSocket
 * would get, so that a page can tell its user why.
 */
final class StreamEndpoint {

    private static final String RETRY_AFTER_SECONDS = "5";
    /** In the query: what the client wants of it. */
    private static final String TELEMETRY = "telemetry";
    private static final String UNWANTED = "0";

    private final AccessPolicy access;
    private final TrustedProxies proxies;
    private final ClientLimit clientLimit;
    private final AddressLimit addressLimit;
    private final RefusalCounters refusals;
    private final RefusalLog log;

    /** What becomes of an upgraded connection, on its I/O thread. */
    @FunctionalInterface
    interface Upgraded {

        void accept(StreamConnection channel, ViewerRequest request);
    }

    StreamEndpoint(StreamServerConfig config, ClientLimit clientLimit, RefusalCounters refusals) {
        access = config.access();
        proxies = config.trustedProxies();
        addressLimit = new AddressLimit(config.maxClientsPerAddress());
        log = new RefusalLog(config.nanoClock(), config.refusalAdvice());
        this.clientLimit = clientLimit;
        this.refusals = refusals;
    }

    /** What a path does that is for those who may watch, and no stream. */
    HttpHandler guard(HttpHandler handler) {
        return exchange -> {
            Optional<RefusalReason> refusal = access.refusal(exchange, RequestSource.of(exchange, proxies::trusts));
            if (refusal.isPresent()) {
                denied(refusal.get()).sendTo(exchange);
            } else {
                handler.handleRequest(exchange);
            }
        };
    }

    /** What a path does that is a stream's for those who may watch, and of which others must know no more than of a stream's. */
    HttpHandler forWhoMayWatch(HttpHandler handler) {
        return exchange -> {
            Optional<RefusalReason> refusal = access.refusal(exchange, RequestSource.of(exchange, proxies::trusts));
            if (!Replies.readingMethod(exchange)) {
                Replies.methodNotAllowed(exchange);
            } else if (refusal.isPresent()) {
                refuse(exchange, Handshake.requested(exchange), refusal.get(), denied(refusal.get()));
            } else {
                handler.handleRequest(exchange);
            }
        };
    }

    /** What one path does. */
    HttpHandler forPath(Upgraded upgraded) {
        return exchange -> handle(exchange, upgraded);
    }

    private void handle(HttpServerExchange exchange, Upgraded upgraded) {
        if (!Replies.readingMethod(exchange)) {
            Replies.methodNotAllowed(exchange);
            return;
        }
        boolean handshake = Handshake.requested(exchange);
        RequestSource source = RequestSource.of(exchange, proxies::trusts);
        Optional<RefusalReason> refusal = access.refusal(exchange, source);
        MaxFps maxFps = MaxFps.in(exchange.getQueryParameters());
        if (refusal.isPresent()) {
            refuse(exchange, handshake, refusal.get(), denied(refusal.get()));
        } else if (maxFps.problem().isPresent()) {
            refuse(exchange, handshake, RefusalReason.HANDSHAKE, HttpReply.text(400, maxFps.problem().get() + "\n"));
        } else if (clientLimit.closed()) {
            refuse(exchange, handshake, RefusalReason.STOPPING, stopping());
        } else if (clientLimit.reached()) {
            refuse(exchange, handshake, RefusalReason.LIMIT, limitReached());
        } else if (addressLimit.reached(source.client())) {
            refuse(exchange, handshake, RefusalReason.ADDRESS_LIMIT, addressLimitReached());
        } else if (!handshake || !Handshake.versionSupported(exchange)) {
            refuse(exchange, handshake, RefusalReason.HANDSHAKE, upgradeRequired());
        } else if (!Handshake.wellFormed(exchange)) {
            refuse(exchange, true, RefusalReason.HANDSHAKE, HttpReply.text(400, "Not a WebSocket handshake\n"));
        } else if (!addressLimit.tryAcquire(source.client())) {
            refuse(exchange, true, RefusalReason.ADDRESS_LIMIT, addressLimitReached());
        } else if (!clientLimit.tryAcquire()) {
            addressLimit.release(source.client());
            // Between the look and the taking: the last place went, or the server began to stop.
            if (clientLimit.closed()) {
                refuse(exchange, true, RefusalReason.STOPPING, stopping());
            } else {
                refuse(exchange, true, RefusalReason.LIMIT, limitReached());
            }
        } else {
            upgrade(exchange, source.client(), maxFps.perSecond(), upgraded);
        }
    }

    private void upgrade(HttpServerExchange exchange, InetAddress client, OptionalDouble maxFps, Upgraded upgraded) {
        // Called once, however the connection ends, also when it does before the upgrade.
        exchange.getConnection().addCloseListener(closed -> {
            addressLimit.release(client);
            clientLimit.release();
        });
        exchange.getResponseHeaders().put(Headers.UPGRADE, "websocket");
        exchange.getResponseHeaders().put(Headers.SEC_WEB_SOCKET_ACCEPT, Handshake.accept(exchange));
        boolean sdr2 = Handshake.offers(exchange, Subprotocol.NAME);
        if (sdr2) {
            exchange.getResponseHeaders().put(Headers.SEC_WEB_SOCKET_PROTOCOL, Subprotocol.NAME);
        }
        // Or Undertow closes instead of upgrading, if there is a "Connection: close" line too.
        exchange.setPersistent(true);
        Deque<String> wishes = exchange.getQueryParameters().get(TELEMETRY);
        ViewerRequest request = new ViewerRequest(client, sdr2, wishes == null || !wishes.contains(UNWANTED), maxFps);
        exchange.upgradeChannel((channel, completed) -> upgraded.accept(channel, request));
        exchange.endExchange();
    }

    private void refuse(HttpServerExchange exchange, boolean handshake, RefusalReason reason, HttpReply reply) {
        if (handshake) {
            refusals.refused(reason);
            log.refused(reason, RequestSource.of(exchange, proxies::trusts),
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst(Headers.ORIGIN)).orElse(""));
        }
        // A page may read why it was refused, wherever it comes from: the answer says nothing else, and no cookie is involved.
        reply.withHeader("Access-Control-Allow-Origin", "*")
                .withHeader("Access-Control-Expose-Headers", "Retry-After")
                .sendTo(exchange);
    }

    private static HttpReply denied(RefusalReason reason) {
        return switch (reason) {
            case ORIGIN -> HttpReply.text(403, "This origin is not allowed\n");
            case HOST -> HttpReply.text(403, "This host name is not allowed\n");
            default -> HttpReply.text(401, "A valid token is needed\n").withHeader("WWW-Authenticate", "Bearer");
        };
    }

    private static HttpReply limitReached() {
        return HttpReply.text(503, "All places are taken\n").withHeader("Retry-After", RETRY_AFTER_SECONDS);
    }

    private static HttpReply stopping() {
        return HttpReply.text(503, "The server is stopping\n").withHeader("Retry-After", RETRY_AFTER_SECONDS);
    }

    private static HttpReply addressLimitReached() {
        return HttpReply.text(503, "All places for this address are taken\n")
                .withHeader("Retry-After", RETRY_AFTER_SECONDS);
    }

    private static HttpReply upgradeRequired() {
        return HttpReply.text(426, "This is a WebSocket\n")
                .withHeader("Upgrade", "websocket")
                .withHeader("Connection", "Upgrade")
                .withHeader("Sec-WebSocket-Version", Handshake.VERSION);
    }
}
