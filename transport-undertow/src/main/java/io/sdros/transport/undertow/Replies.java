package io.sdros.transport.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;

import java.nio.ByteBuffer;
import java.util.Map;

/** Puts an {@link HttpReply} on the wire. */
final class Replies {

    static final String ALLOWED_METHODS = "GET, HEAD";

    /** Right for JSON and text; pages that load scripts bring their own policy. */
    private static final Map<HttpString, String> DEFAULT_HEADERS = Map.of(
            new HttpString("X-Content-Type-Options"), "nosniff",
            new HttpString("X-Frame-Options"), "DENY",
            new HttpString("Referrer-Policy"), "no-referrer",
            new HttpString("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'",
            new HttpString("Cross-Origin-Resource-Policy"), "same-origin",
            Headers.CACHE_CONTROL, "no-store");

    private Replies() {
    }

    static boolean readingMethod(HttpServerExchange exchange) {
        HttpString method = exchange.getRequestMethod();
        return Methods.GET.equals(method) || Methods.HEAD.equals(method);
    }

    static void methodNotAllowed(HttpServerExchange exchange) {
        send(exchange, HttpReply.text(405, "Method not allowed\n").withHeader("Allow", ALLOWED_METHODS));
    }

    static void send(HttpServerExchange exchange, HttpReply reply) {
        exchange.setStatusCode(reply.status());
        DEFAULT_HEADERS.forEach((name, value) -> exchange.getResponseHeaders().put(name, value));
        if (!reply.contentType().isEmpty()) {
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, reply.contentType());
        }
        reply.headers().forEach((name, value) -> {
            if (value.isEmpty()) {
                exchange.getResponseHeaders().remove(name);
            } else {
                exchange.getResponseHeaders().put(new HttpString(name), value);
            }
        });
        if (reply.status() == StatusCodes.NOT_MODIFIED) {
            exchange.endExchange(); // without a Content-Length, which would be that of the whole file
        } else if (Methods.HEAD.equals(exchange.getRequestMethod())) {
            exchange.setResponseContentLength(reply.body().length);
            exchange.endExchange();
        } else {
            exchange.getResponseSender().send(ByteBuffer.wrap(reply.body()));
        }
    }
}
