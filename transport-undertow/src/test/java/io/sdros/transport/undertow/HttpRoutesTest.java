package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class HttpRoutesTest {

    private final HttpClient client = HttpClient.newHttpClient();
    private final byte[] page = Bytes.random(300_000, 5);
    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer(settings -> settings
                .route("/", query -> HttpReply.ok("application/octet-stream", page)
                        .withHeader("Content-Security-Policy", "default-src 'self'")
                        .withHeader("Cache-Control", "max-age=60").withHeader("X-Frame-Options", ""))
                .route("/health", query -> HttpReply.json(200, "{\"status\":\"ok\"}"))
                .route("/echo", query -> HttpReply.text(200, query.path() + "?" + query.rawQuery() + " "
                        + query.header("X-Thing").orElse("none")))
                .route("/thread", HttpRoute.blocking(
                        query -> HttpReply.text(200, Thread.currentThread().getName())))
                .route("/io-thread", query -> HttpReply.text(200, Thread.currentThread().getName()))
                .route("/broken", query -> {
                    throw new IllegalStateException("secret detail");
                }));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /** For the tests of that alone: a machine that stands still for a second makes each client one that is too slow. */
    private TestServer impatient() {
        return new TestServer(settings -> settings.route("/", query -> HttpReply.ok("application/octet-stream", page))
                .route("/health", query -> HttpReply.json(200, "{\"status\":\"ok\"}"))
                .httpTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3)));
    }

    private HttpResponse<byte[]> send(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.httpUri(path)).header("X-Thing", "a b")
                .method(method, HttpRequest.BodyPublishers.noBody()).build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private String text(String path) throws Exception {
        return new String(send("GET", path).body(), StandardCharsets.UTF_8);
    }

    @Test
    void getAndHead() throws Exception {
        HttpResponse<byte[]> get = send("GET", "/health");
        assertThat(get.statusCode()).isEqualTo(200);
        assertThat(new String(get.body(), StandardCharsets.UTF_8)).isEqualTo("{\"status\":\"ok\"}");
        assertThat(get.headers().firstValue("Content-Type")).contains("application/json");

        HttpResponse<byte[]> head = send("HEAD", "/health");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length")).contains("15");
        assertThat(head.headers().firstValue("Content-Type")).contains("application/json");
    }

    @Test
    void largeBodies() throws Exception {
        assertThat(send("GET", "/").body()).isEqualTo(page);
    }

    @Test
    void theQuery() throws Exception {
        assertThat(text("/echo?x=1%202&y")).isEqualTo("/echo?x=1%202&y a b");
        assertThat(text("/echo")).isEqualTo("/echo? a b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "NONSENSE"})
    void otherMethods(String method) throws Exception {
        for (String path : new String[] {"/health", "/stream/ws"}) {
            HttpResponse<byte[]> response = send(method, path);
            assertThat(response.statusCode()).isEqualTo(405);
            assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, /nothing", "GET, /health/", "GET, /Health", "POST, /nothing", "GET, //health", "GET, /%2e"})
    void unknownPaths(String method, String path) throws Exception {
        assertThat(send(method, path).statusCode()).isEqualTo(404);
    }

    @Test
    void securityHeadersAreThereAndCanBeReplaced() throws Exception {
        Map<String, String> byDefault = Map.of("X-Content-Type-Options", "nosniff", "X-Frame-Options", "DENY",
                "Referrer-Policy", "no-referrer", "Cache-Control", "no-store",
                "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
                "Cross-Origin-Resource-Policy", "same-origin");
        for (String path : new String[] {"/health", "/nothing", "/broken", "/stream/ws"}) {
            HttpResponse<byte[]> response = send("GET", path);
            byDefault.forEach((name, value) ->
                    assertThat(response.headers().allValues(name)).as(path).containsExactly(value));
        }
        HttpResponse<byte[]> changed = send("GET", "/");
        assertThat(changed.headers().allValues("Content-Security-Policy")).containsExactly("default-src 'self'");
        assertThat(changed.headers().allValues("Cache-Control")).containsExactly("max-age=60");
        assertThat(changed.headers().allValues("X-Frame-Options")).isEmpty();
        assertThat(changed.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
    }

    @Test
    void aFailingRouteTellsNothing() throws Exception {
        HttpResponse<byte[]> response = send("GET", "/broken");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(text("/broken")).doesNotContain("secret");
    }

    @Test
    void blockingRoutesRunElsewhere() throws Exception {
        assertThat(text("/io-thread")).contains("I/O");
        assertThat(text("/thread")).contains("task");
    }

    @Test
    void connectionsAreKept() throws Exception {
        try (RawClient raw = RawClient.connect(server.address)) {
            for (int i = 0; i < 3; i++) {
                raw.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(raw.readHead()).startsWith("HTTP/1.1 200 ");
                assertThat(raw.readBody(15)).isEqualTo("{\"status\":\"ok\"}");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 20000", "1000, 10", "200, 1000"})
    void oversizedHeadsAreRefused(int headers, int valueBytes) throws Exception {
        try (RawClient raw = RawClient.connect(server.address)) {
            raw.send("GET /health HTTP/1.1\r\nHost: localhost\r\n"
                    + ("X: " + "x".repeat(valueBytes) + "\r\n").repeat(headers) + "\r\n");
            assertThat(raw.readHead()).startsWith("HTTP/1.1 4");
        } catch (IOException e) {
            // Ended without a word, or reset while the rest was still being sent: refused as well.
        }
    }

    /** All at once, since the server's patience is what takes the time. */
    @Test
    void slowRequestsAreEnded() throws Exception {
        List<String> starts = List.of(
                "", // nothing at all
                "GET /hea", // half a request line
                "GET /health HTTP/1.1\r\nHost: loc"); // half a head
        List<RawClient> slow = new ArrayList<>();
        try (TestServer impatient = impatient(); RawClient bodiless = RawClient.connect(impatient.address)) {
            for (String start : starts) {
                RawClient raw = RawClient.connect(impatient.address);
                slow.add(raw);
                raw.send(start);
            }
            bodiless.send("POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n");
            assertThat(bodiless.readHead()).startsWith("HTTP/1.1 405 ");
            bodiless.readBody("Method not allowed\n".length());
            for (int i = 0; i < starts.size(); i++) {
                assertThat(slow.get(i).atEnd()).as("after \"%s\"", starts.get(i)).isTrue();
            }
            assertThat(bodiless.atEnd()).as("a body that never comes").isTrue();
        } finally {
            for (RawClient raw : slow) {
                raw.close();
            }
        }
    }

    @Test
    void anAnswerThatIsNotFetchedIsEnded() throws Exception {
        try (TestServer impatient = impatient(); RawClient raw = RawClient.connectWithSmallWindow(impatient.address)) {
            for (int i = 0; i < 40; i++) { // far more than the buffers of both sides hold
                raw.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }
            Await.until("the connection is cut", () -> {
                try {
                    raw.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
        }
    }

    @Test
    void badRequests() throws Exception {
        try (RawClient raw = RawClient.connect(server.address)) {
            raw.send("GET /health HTTP/1.1\r\nNo colon here\r\n\r\n");
            assertThat(raw.readHead()).startsWith("HTTP/1.1 400 ");
        } catch (EOFException e) {
            throw new AssertionError("no answer", e);
        }
    }

    @Test
    void aParameterIsDecodedAndTheFirstOfItsName() {
        HttpQuery query = new HttpQuery("/", "a&b=1%202&%62=3&c=%zz", Map.of());

        assertThat(query.parameter("b")).hasValue("1 2");
        assertThat(query.parameter("a")).isEmpty();
        assertThat(query.parameter("c")).isEmpty();
        assertThat(new HttpQuery("/", "", Map.of()).parameter("")).isEmpty();
        assertThat(new HttpQuery("/", "%zz=1&stream=front", Map.of()).parameter("stream")).as("behind one that is none").hasValue("front");
    }
}
