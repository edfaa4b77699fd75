package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.transport.undertow.ws.Handshake;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.add(0, resource);
        return resource;
    }

    private String answer(TestServer server, String request) throws IOException {
        return closing(RawClient.connect(server.address)).send(request).readHead();
    }

    private static String handshake(String... moreHeaders) {
        return RawClient.handshake("/stream/ws").replace("\r\n\r\n",
                "\r\n" + String.join("", List.of(moreHeaders)) + "\r\n");
    }

    @Test
    void theRfcsOwnExample() throws Exception {
        assertThat(Handshake.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        TestServer server = closing(new TestServer());
        assertThat(answer(server, RawClient.handshake("/stream/ws")))
                .startsWith("HTTP/1.1 101 ")
                .containsIgnoringCase("Upgrade: websocket\r\n")
                .containsIgnoringCase("Connection: Upgrade\r\n")
                .contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                .doesNotContainIgnoringCase("Sec-WebSocket-Extensions")
                .doesNotContainIgnoringCase("Sec-WebSocket-Protocol");
        server.awaitClients(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Upgrade: WebSocket      | Connection: keep-alive, upgrade",
        "Upgrade: h2c, WEBSOCKET | Connection: Upgrade,Keep-Alive",
        "Upgrade: websocket      | Connection: close, Upgrade",
    })
    void tokensAreCaseInsensitiveLists(String upgrade, String connection) throws Exception {
        TestServer server = closing(new TestServer());
        assertThat(answer(server, RawClient.handshake("/stream/ws")
                .replace("Upgrade: websocket", upgrade).replace("Connection: Upgrade", connection)))
                .startsWith("HTTP/1.1 101 ");
        server.awaitClients(1);
    }

    @Test
    void tokensMayBeSpreadOverHeaderLines() throws Exception {
        TestServer server = closing(new TestServer());
        assertThat(answer(server, RawClient.handshake("/stream/ws")
                .replace("Connection: Upgrade", "Connection: close\r\nConnection: Upgrade")))
                .startsWith("HTTP/1.1 101 ");
        server.awaitClients(1);
    }

    @Test
    void extensionsAndSubprotocolsAreIgnored() throws Exception {
        TestServer server = closing(new TestServer());
        assertThat(answer(server, handshake("Sec-WebSocket-Extensions: permessage-deflate\r\n",
                "Sec-WebSocket-Protocol: chat, superchat\r\n")))
                .startsWith("HTTP/1.1 101 ")
                .doesNotContain("permessage-deflate").doesNotContain("chat");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sec-WebSocket-Version: 8", "Sec-WebSocket-Version: x", "X: y",
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 8"})
    void otherVersions(String version) throws Exception {
        TestServer server = closing(new TestServer());
        assertThat(answer(server, RawClient.handshake("/stream/ws").replace("Sec-WebSocket-Version: 13", version)))
                .startsWith("HTTP/1.1 426 ").contains("Sec-WebSocket-Version: 13\r\n");
        assertThat(server.statistics().refusedByReason()).containsEntry(RefusalReason.HANDSHAKE, 1L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZTE=", "dGhlIHNhbXBsZSBub25jZTEy",
        "!GhlIHNhbXBsZSBub25jZQ=="})
    void badKeys(String key) throws Exception {
        TestServer server = closing(new TestServer());
        assertThat(answer(server, RawClient.handshake("/stream/ws").replace(RawClient.KEY, key)))
                .startsWith("HTTP/1.1 400 ");
        assertThat(server.statistics().clients()).isZero();
    }

    @Test
    void aMissingKeyAndABody() throws Exception {
        TestServer server = closing(new TestServer());
        assertThat(answer(server, RawClient.handshake("/stream/ws")
                .replace("Sec-WebSocket-Key: " + RawClient.KEY + "\r\n", ""))).startsWith("HTTP/1.1 400 ");
        assertThat(answer(server, handshake("Content-Length: 5\r\n") + "hello")).startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET  | Upgrade: websocket | Connection: close   | HTTP/1.1 | 426",
        "GET  | X: y               | Connection: Upgrade | HTTP/1.1 | 426",
        "GET  | Upgrade: websocket | Connection: Upgrade | HTTP/1.0 | 426",
        "HEAD | Upgrade: websocket | Connection: Upgrade | HTTP/1.1 | 426",
        "POST | Upgrade: websocket | Connection: Upgrade | HTTP/1.1 | 405",
    })
    void notAHandshake(String method, String upgrade, String connection, String protocol, int status) throws Exception {
        TestServer server = closing(new TestServer());
        String request = RawClient.handshake("/stream/ws").replace("GET", method).replace("Upgrade: websocket", upgrade)
                .replace("Connection: Upgrade", connection).replace("HTTP/1.1", protocol);
        assertThat(answer(server, request)).matches("(?s)HTTP/1\\.[01] " + status + " .*");
        assertThat(server.statistics().clients()).isZero();
    }

    @Test
    void aPlainRequestIsToldToUpgrade() throws Exception {
        TestServer server = closing(new TestServer());
        assertThat(answer(server, "GET /stream/ws HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 426 ").contains("Upgrade: websocket\r\n").contains("Connection: Upgrade\r\n")
                .contains("Sec-WebSocket-Version: 13\r\n").contains("X-Content-Type-Options: nosniff\r\n");
        assertThat(server.statistics().refusedByReason().values()).containsOnly(0L);
    }

    @Test
    void framesMayComeWithTheHandshake() throws Exception {
        TestServer server = closing(new TestServer());
        byte[] request = Bytes.utf8(RawClient.handshake("/stream/ws"));
        RawClient client = closing(RawClient.connect(server.address));
        client.send(Bytes.join(request, Bytes.text("early"), Bytes.frame(0x89, Bytes.utf8("now"))));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
        assertThat(client.readFrame().payload()).isEqualTo(Bytes.utf8("now"));
        assertThat(server.statistics().inboundMessages()).isEqualTo(1);
    }

    @Test
    void wrongOrigin() throws Exception {
        TestServer server = closing(new TestServer());
        for (String request : List.of(handshake("Origin: http://evil.example\r\n"), handshake("Origin: null\r\n"),
                handshake("Origin: http://localhost\r\nOrigin: http://localhost\r\n"),
                handshake("Origin: http://evil.example\r\nX-Forwarded-Host: evil.example\r\n"),
                "GET /stream/ws HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n")) {
            assertThat(answer(server, request)).startsWith("HTTP/1.1 403 ");
        }
        assertThat(server.statistics().refusedByReason())
                .as("the plain request is no refused handshake").containsEntry(RefusalReason.ORIGIN, 4L);
        assertThat(answer(server, handshake("Origin: http://localhost\r\n"))).startsWith("HTTP/1.1 101 ");
    }

    @Test
    void aPageOfTheServersOwnIsToldThatItsOriginIsWrong() throws Exception {
        TestServer server = closing(new TestServer());
        String get = "GET /stream/ws HTTP/1.1\r\nHost: localhost\r\n";
        assertThat(answer(server, get + "Referer: http://elsewhere.example/\r\n\r\n")).startsWith("HTTP/1.1 403 ");
        assertThat(answer(server, get + "Referer: http://localhost/\r\n\r\n")).startsWith("HTTP/1.1 426 ");
        assertThat(answer(server, get + "Referer: http://elsewhere.example/\r\nOrigin: http://localhost\r\n\r\n"))
                .as("what Origin says counts").startsWith("HTTP/1.1 426 ");
        for (String other : List.of("http://elsewhere.example/page", "/", "no address at all/", "")) {
            assertThat(answer(server, get + "Referer: " + other + "\r\n\r\n")).as(other).startsWith("HTTP/1.1 426 ");
        }
        assertThat(answer(server, handshake("Referer: http://elsewhere.example/\r\n")))
                .as("no handshake is decided by it").startsWith("HTTP/1.1 101 ");
    }

    @Test
    void token() throws Exception {
        TestServer server = closing(new TestServer(settings -> settings.authToken(Optional.of("s3cret"))));
        for (String request : List.of(handshake(), handshake("Authorization: Bearer wrong\r\n"),
                RawClient.handshake("/stream/ws?token=wrong"), "GET /stream/ws HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            assertThat(answer(server, request))
                    .startsWith("HTTP/1.1 401 ").contains("WWW-Authenticate: Bearer\r\n");
        }
        assertThat(answer(server, handshake("Authorization: Bearer s3cret\r\n"))).startsWith("HTTP/1.1 101 ");
        assertThat(answer(server, RawClient.handshake("/stream/ws?a=b&token=s3cret"))).startsWith("HTTP/1.1 101 ");
        assertThat(answer(server, "GET /stream/ws?token=s3cret HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 426 ");
        assertThat(server.statistics().refusedByReason()).containsEntry(RefusalReason.TOKEN, 3L);
    }

    @Test
    void originComesBeforeTokenAndTokenBeforeTheLimit() throws Exception {
        TestServer server = closing(new TestServer(
                settings -> settings.authToken(Optional.of("s3cret")).maxClients(1)));
        closing(RawClient.connect(server.address)).send(handshake("Authorization: Bearer s3cret\r\n")).readHead();
        server.awaitClients(1);
        assertThat(answer(server, handshake("Origin: http://evil.example\r\n"))).startsWith("HTTP/1.1 403 ");
        assertThat(answer(server, handshake())).startsWith("HTTP/1.1 401 ");
        assertThat(answer(server, handshake("Authorization: Bearer s3cret\r\n"))).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void theLimitIsFreedWhenAClientLeaves() throws Exception {
        TestServer server = closing(new TestServer(settings -> settings.maxClients(1)));
        RawClient first = closing(RawClient.upgraded(server.address));
        server.awaitClients(1);
        for (String request : List.of(handshake(), "GET /stream/ws HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            assertThat(answer(server, request)).startsWith("HTTP/1.1 503 ").containsPattern("Retry-After: \\d+\r\n");
        }
        first.close();
        server.awaitClients(0);
        assertThat(answer(server, handshake())).startsWith("HTTP/1.1 101 ");
    }

    @Test
    void concurrentJoinsNeverOvershootTheLimit() throws Exception {
        int limit = 7;
        TestServer server = closing(new TestServer(settings -> settings.maxClients(limit)));
        int joins = 40;
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(joins);
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < joins; i++) {
            RawClient client = closing(RawClient.connect(server.address));
            answers.add(threads.submit(() -> {
                start.await();
                return client.send(handshake()).readHead().substring(9, 12);
            }));
        }
        start.countDown();
        List<String> statuses = new ArrayList<>();
        for (Future<String> answer : answers) {
            statuses.add(answer.get());
        }
        threads.shutdown();
        assertThat(statuses).filteredOn("101"::equals).hasSize(limit);
        assertThat(statuses).filteredOn("503"::equals).hasSize(joins - limit);
        assertThat(server.statistics().refusedByReason())
                .isEqualTo(Map.of(RefusalReason.LIMIT, (long) joins - limit, RefusalReason.ORIGIN, 0L, RefusalReason.HOST, 0L,
                        RefusalReason.TOKEN, 0L, RefusalReason.HANDSHAKE, 0L, RefusalReason.ADDRESS_LIMIT, 0L,
                        RefusalReason.STOPPING, 0L));
    }
}
