package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests as Caddy and nginx pass them on, from a peer that is a trusted proxy and from one that is not. */
class ReverseProxyTest {

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

    private TestServer server(boolean trusted, int perAddress) {
        return closing(new TestServer(settings -> settings.maxClientsPerAddress(perAddress).trustedProxies(
                trusted ? TrustedProxies.parse("127.0.0.0/8,::1") : TrustedProxies.none())));
    }

    private int status(TestServer server, String host, String... headers) throws IOException {
        String request = RawClient.handshake("/stream/ws").replace("Host: localhost", "Host: " + host)
                .replace("\r\n\r\n", "\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
        return Integer.parseInt(closing(RawClient.connect(server.address)).send(request).readHead().substring(9, 12));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // Host as the proxy passes it | Origin | X-Forwarded-Host | -Proto | believed | not believed
        "cam.example    | https://cam.example      | cam.example       | https       | 101 | 101",
        "server:8080    | https://cam.example      | cam.example       | https       | 101 | 403",
        "server:8080    | https://cam.example:8443 | Cam.Example:8443  | https       | 101 | 403",
        "server:8080    | https://[2001:db8::1]    | [2001:DB8::1]:443 | https       | 101 | 403",
        "server:8080    | http://server:8080       | cam.example       | https       | 403 | 101",
        "cam.local      | http://cam.local         | cam.local         | https       | 403 | 101",
        "cam.example    | https://cam.example      | cam.example       | http, https | 101 | 101",
        "cam.example    | https://cam.example      | cam.example       | https, http | 403 | 101",
        "server:8080    | https://evil.example     | evil.example, cam.example | https | 403 | 403",
        "cam.example    | https://evil.example     | cam.example       | https       | 403 | 403",
        "cam.example    | https://cam.example      | cam.example/x     | https       | 403 | 101",
    })
    void originsAreComparedWithWhatATrustedProxySays(String host, String origin, String forwardedHost, String proto,
            int believed, int notBelieved) throws Exception {
        String[] headers = {"Origin: " + origin, "X-Forwarded-Host: " + forwardedHost, "X-Forwarded-Proto: " + proto,
            "X-Forwarded-For: 203.0.113.9"};
        assertThat(status(server(true, 0), host, headers)).isEqualTo(believed);
        assertThat(status(server(false, 0), host, headers)).isEqualTo(notBelieved);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // Origin | X-Forwarded-Host | X-Forwarded-Port | -Proto | status
        "https://cam.example:8443 | cam.example      | 8443      | https | 101",
        "https://cam.example:8443 | cam.example      | 443, 8443 | https | 101",
        "https://cam.example:8443 | cam.example      | 8444      | https | 403",
        "https://cam.example:8443 | cam.example:8443 | 80        | https | 101",
        "https://cam.example      | cam.example      | 443       | https | 101",
        "https://[2001:db8::1]:81 | [2001:db8::1]    | 81        | https | 101",
        "https://cam.example      | cam.example      | x         | https | 101",
    })
    void aPortToldApartFromTheHostCounts(String origin, String host, String port, String proto, int expected) throws Exception {
        assertThat(status(server(true, 0), "server:8080", "Origin: " + origin, "X-Forwarded-Host: " + host,
                "X-Forwarded-Port: " + port, "X-Forwarded-Proto: " + proto)).isEqualTo(expected);
    }

    /** DNS rebinding: a stranger's page whose name was made to lead here. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "own             | evil.example    | http://evil.example   | 403",
        "own             | evil.example:81 | http://evil.example:81 | 403",
        "own             | localhost       | http://localhost      | 101",
        "own             | 10.0.0.5        | http://10.0.0.5       | 101",
        "own             | cam.example     | https://cam.example   | 101",
        "own             | evil.example    | http://cam.example    | 403",
        "cam.example     | cam.example     | http://cam.example    | 101",
        "cam.example     | evil.example    | http://evil.example   | 403",
        "*               | evil.example    | http://evil.example   | 101",
    })
    void aPagesHostHasToBeOneOfTheServers(String allowed, String host, String origin, int expected) throws Exception {
        TestServer server = closing(new TestServer(settings -> settings.allowedHosts(HostPolicy.parse(allowed))));
        assertThat(status(server, host, "Origin: " + origin)).isEqualTo(expected);
    }

    @Test
    void theAnswerAndTheCountSayThatItWasTheHost() throws Exception {
        TestServer server = closing(new TestServer());
        String request = RawClient.handshake("/stream/ws").replace("Host: localhost", "Host: evil.example")
                .replace("\r\n\r\n", "\r\nOrigin: http://evil.example\r\n\r\n");
        RawClient client = closing(RawClient.connect(server.address)).send(request);
        assertThat(client.readHead()).startsWith("HTTP/1.1 403 ");
        String body = "This host name is not allowed\n";
        assertThat(client.readBody(body.length())).isEqualTo(body);
        assertThat(server.server.statistics().refusedByReason()).containsEntry(RefusalReason.HOST, 1L);
    }

    @Test
    void withoutForwardedHeadersATrustedProxysHostHeaderCounts() throws Exception {
        TestServer server = server(true, 0);
        assertThat(status(server, "cam.example", "Origin: https://cam.example")).isEqualTo(101);
        assertThat(status(server, "cam.example\r\nHost: evil.example", "Origin: http://evil.example")).isNotEqualTo(101);
    }

    @Test
    void theLimitPerAddressCountsTheForwardedClient() throws Exception {
        TestServer server = server(true, 1);
        assertThat(status(server, "localhost", "X-Forwarded-For: 203.0.113.9")).isEqualTo(101);
        assertThat(status(server, "localhost", "X-Forwarded-For: 6.6.6.6, 203.0.113.9"))
                .as("what stands left of the proxy's entry is invented").isEqualTo(503);
        assertThat(status(server, "localhost", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 203.0.113.9"))
                .as("over two lines").isEqualTo(503);
        assertThat(status(server, "localhost", "X-Forwarded-For: 203.0.113.10")).isEqualTo(101);
        server.awaitClients(2);
        assertThat(server.statistics().refusedByReason()).containsEntry(RefusalReason.ADDRESS_LIMIT, 2L);
    }

    @Test
    void anUntrustedPeerCannotInventAddresses() throws Exception {
        TestServer server = server(false, 2);
        RawClient first = closing(RawClient.upgraded(server.address));
        assertThat(status(server, "localhost", "X-Forwarded-For: 203.0.113.1")).isEqualTo(101);
        assertThat(status(server, "localhost", "X-Forwarded-For: 203.0.113.2")).isEqualTo(503);
        assertThat(closing(RawClient.connect(server.address)).send("GET /stream/ws HTTP/1.1\r\nHost: x\r\n\r\n").readHead())
                .as("the page learns why").startsWith("HTTP/1.1 503 ").contains("Retry-After: ");
        first.close();
        server.awaitClients(1);
        assertThat(status(server, "localhost")).as("a place is free again").isEqualTo(101);
    }

    @Test
    void aRefusedHandshakeTakesNoPlace() throws Exception {
        TestServer server = server(false, 1);
        for (int i = 0; i < 5; i++) {
            assertThat(status(server, "localhost", "Origin: http://evil.example")).isEqualTo(403);
        }
        assertThat(status(server, "localhost")).isEqualTo(101);
    }
}
