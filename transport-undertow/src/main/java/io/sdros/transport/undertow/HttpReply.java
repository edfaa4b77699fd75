package io.sdros.transport.undertow;

import io.sdros.transport.undertow.http.Replies;
import io.undertow.server.HttpServerExchange;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a route answers. The body is sent for GET and only measured for HEAD.
 *
 * @param status      HTTP status code
 * @param contentType value of Content-Type; empty: none is sent
 * @param body        not changed after it was handed over
 * @param headers     further headers; they replace the default security headers of the same name, an empty value
 *                    removes one
 */
public record HttpReply(int status, String contentType, byte[] body, Map<String, String> headers) {

    /** Makes the map immutable. */
    public HttpReply {
        headers = Map.copyOf(headers);
    }

    /** Status 200 with these bytes. */
    public static HttpReply ok(String contentType, byte[] body) {
        return new HttpReply(200, contentType, body, Map.of());
    }

    /** Plain UTF-8 text. */
    public static HttpReply text(int status, String body) {
        return new HttpReply(status, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /** JSON, already encoded. */
    public static HttpReply json(int status, String body) {
        return new HttpReply(status, "application/json", body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /** The same reply with one more header. */
    public HttpReply withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new HttpReply(status, contentType, body, more);
    }

    void sendTo(HttpServerExchange exchange) {
        Replies.send(exchange, status, contentType, body, headers);
    }
}
