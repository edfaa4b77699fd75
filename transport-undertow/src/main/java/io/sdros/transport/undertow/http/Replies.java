package io.sdros.transport.undertow.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Puts answers on the wire. */
public final class Replies {

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

    public static boolean readingMethod(HttpServerExchange exchange) {
        HttpString method = exchange.getRequestMethod();
        return Methods.GET.equals(method) || Methods.HEAD.equals(method);
    }

    public static void methodNotAllowed(HttpServerExchange exchange) {
        text(exchange, StatusCodes.METHOD_NOT_ALLOWED, "Method not allowed\n", Map.of("Allow", ALLOWED_METHODS));
    }

    public static void notFound(HttpServerExchange exchange) {
        text(exchange, StatusCodes.NOT_FOUND, "Not found\n", Map.of());
    }

    private static void text(HttpServerExchange exchange, int status, String text, Map<String, String> headers) {
        send(exchange, status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), headers);
    }

    /**
     * Sends the body for GET, and only its length for HEAD.
     *
     * @param contentType empty: none is sent
     * @param headers     replace the default headers of the same name; an empty value removes one
     */
    public static void send(HttpServerExchange exchange, int status, String contentType, byte[] body,
            Map<String, String> headers) {
        exchange.setStatusCode(status);
        DEFAULT_HEADERS.forEach((name, value) -> exchange.getResponseHeaders().put(name, value));
        if (!contentType.isEmpty()) {
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, contentType);
        }
        headers.forEach((name, value) -> {
            if (value.isEmpty()) {
                exchange.getResponseHeaders().remove(name);
            } else {
                exchange.getResponseHeaders().put(new HttpString(name), value);
            }
        });
        if (status == StatusCodes.NOT_MODIFIED) {
            exchange.endExchange(); // without a Content-Length, which would be that of the whole file
        } else if (Methods.HEAD.equals(exchange.getRequestMethod())) {
            exchange.setResponseContentLength(body.length);
            exchange.endExchange();
        } else {
            exchange.getResponseSender().send(ByteBuffer.wrap(body));
        }
    }
}
