package io.sdros.transport.undertow.ws;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.stream.Stream;

/** The opening handshake of RFC 6455 §4.2. Extensions are not negotiated. */
public final class Handshake {

    public static final String VERSION = "13";

    private static final String WEBSOCKET = "websocket";
    private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int NONCE_BYTES = 16;
    private static final HttpString KEY = Headers.SEC_WEB_SOCKET_KEY;

    private Handshake() {
    }

    /** Whether the client wants a WebSocket at all; anything else is a plain request for the path. */
    public static boolean requested(HttpServerExchange exchange) {
        return Methods.GET.equals(exchange.getRequestMethod())
                && Protocols.HTTP_1_1.equals(exchange.getProtocol())
                && hasToken(exchange, Headers.UPGRADE, WEBSOCKET)
                && hasToken(exchange, Headers.CONNECTION, "upgrade");
    }

    public static boolean versionSupported(HttpServerExchange exchange) {
        HeaderValues version = exchange.getRequestHeaders().get(Headers.SEC_WEB_SOCKET_VERSION);
        return version != null && version.size() == 1 && version.getFirst().trim().equals(VERSION);
    }

    /** Whether there is one key of 16 bytes, and no body that would be taken for frames. */
    public static boolean wellFormed(HttpServerExchange exchange) {
        HeaderValues keys = exchange.getRequestHeaders().get(KEY);
        return keys != null && keys.size() == 1 && nonce(keys.getFirst().trim()) && exchange.isRequestComplete();
    }

    /** Whether the client offers this subprotocol, whatever others it offers besides. */
    public static boolean offers(HttpServerExchange exchange, String subprotocol) {
        return tokens(exchange, Headers.SEC_WEB_SOCKET_PROTOCOL).anyMatch(subprotocol::equals);
    }

    public static String accept(HttpServerExchange exchange) {
        return accept(exchange.getRequestHeaders().getFirst(KEY).trim());
    }

    public static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + ACCEPT_GUID).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-1", e);
        }
    }

    private static boolean nonce(String key) {
        try {
            return key.length() == 24 && Base64.getDecoder().decode(key).length == NONCE_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean hasToken(HttpServerExchange exchange, HttpString header, String token) {
        return tokens(exchange, header).anyMatch(token::equalsIgnoreCase);
    }

    private static Stream<String> tokens(HttpServerExchange exchange, HttpString header) {
        HeaderValues values = exchange.getRequestHeaders().get(header);
        return values == null ? Stream.empty() : values.stream().flatMap(value -> Stream.of(value.split(","))).map(String::trim);
    }
}
