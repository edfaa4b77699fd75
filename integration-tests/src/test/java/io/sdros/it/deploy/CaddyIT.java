package io.sdros.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawHttp;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.WsRecorder;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server behind a real Caddy with the Caddyfile that is shipped. */
final class CaddyIT {

    @TempDir
    private Path folder;
    private final OpenResources opened = new OpenResources();
    private final TempRegion region = opened.add(TempRegion.create());

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    /** A server on which nobody lags, however busy the machine is: what arrives is to be compared. */
    private ServerProcess start(ServerProcess.Builder builder) {
        return opened.add(builder.region(region).set("SDR_MAX_LATENCY_MS", "0").set("SDR_BROADCAST_CAPACITY", "4096")
                .start());
    }

    private static HttpClient client(CaddyProcess caddy) {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(Deadlines.SOON)
                .version(HttpClient.Version.HTTP_1_1);
        return caddy.origin().startsWith("https") ? builder.sslContext(caddy.trust()).build() : builder.build();
    }

    private static HttpResponse<String> get(HttpClient client, CaddyProcess caddy, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(caddy.http(path)).timeout(Deadlines.SOON);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theCaddyfileIsValid() {
        // Says so by its exit code, which is looked at.
        ChildProcess.run("caddy-validate", CaddyProcess.command("validate", CaddyProcess.caddyfile()), Deadlines.START);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void pageAndStreamComeThrough(String scheme) throws Exception {
        ServerProcess server = start(ServerProcess.builder());
        CaddyProcess caddy = opened.add(CaddyProcess.start(scheme, server, folder));
        HttpClient client = client(caddy);

        HttpResponse<String> page = get(client, caddy, "/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<html");
        assertThat(page.headers().firstValue("content-security-policy")).isPresent();
        assertThat(get(client, caddy, "/sdr-client.js").statusCode()).isEqualTo(200);
        assertThat(get(client, caddy, "/health").body()).contains("\"status\":\"ok\"");
        assertThat(get(client, caddy, "/metrics").statusCode()).as("not for the outside").isEqualTo(404);

        WsRecorder proxied = new ProxySite(client, caddy.http("/")).watchBesideADirectViewer(server, region, opened);

        assertThat(server.stop()).isZero();
        assertThat(proxied.awaitClose(Deadlines.SOON)).isEqualTo(1001);
        assertThat(get(client, caddy, "/health").statusCode()).as("the server is down").isEqualTo(502);
    }

    @Test
    void originsAreHeldAgainstTheAddressTheBrowserSees() throws Exception {
        ServerProcess server = start(ServerProcess.builder());
        CaddyProcess caddy = opened.add(CaddyProcess.start("https", server, folder));
        HttpClient client = client(caddy);

        assertThat(get(client, caddy, "/stream/ws", "Origin", caddy.origin()).statusCode()).isEqualTo(426);
        assertThat(get(client, caddy, "/stream/ws", "Origin", "https://elsewhere.example").statusCode()).isEqualTo(403);
        assertThat(get(client, caddy, "/stream/ws", "Origin", "http://127.0.0.1:" + server.port()).statusCode())
                .as("the server's own address is not where the page came from").isEqualTo(403);
        assertThat(get(client, caddy, "/stream/ws", "Origin", "https://elsewhere.example",
                "X-Forwarded-Host", "elsewhere.example").statusCode())
                .as("what a client says of itself").isEqualTo(403);
    }

    @Test
    void whatAClientSaysOfItselfIsNotBelieved() throws Exception {
        ServerProcess server = start(ServerProcess.builder().set("SDR_TRUSTED_PROXIES", "127.0.0.1")
                .set("SDR_MAX_CLIENTS_PER_ADDRESS", "5"));
        CaddyProcess caddy = opened.add(CaddyProcess.start("http", server, folder));

        assertThat(ProxySite.plain(caddy.http("/")).letIn(10)).isEqualTo(5);
        assertThat(RawHttp.answer(caddy.http("/").getPort(), "GET /stream/ws HTTP/1.1\r\nHost: localhost\r\n"
                + "Origin: http://localhost:81\r\nX-Forwarded-Port: 81\r\n\r\n"))
                .as("what a client says of itself").startsWith("HTTP/1.1 403 ");
    }

    @Test
    void theTokenComesThroughAndIsNotInCaddysLog() throws Exception {
        ServerProcess server = start(ServerProcess.builder().set("SDR_AUTH_TOKEN", "open-sesame"));
        CaddyProcess caddy = opened.add(CaddyProcess.start("http", server, folder));
        HttpClient client = client(caddy);

        assertThat(get(client, caddy, "/stream/ws").statusCode()).isEqualTo(401);
        assertThat(get(client, caddy, "/stream/ws", "Authorization", "Bearer open-sesame").statusCode()).isEqualTo(426);
        opened.add(WsRecorder.connect(client, caddy.stream("?token=open-sesame"), Map.of("Origin", caddy.origin())))
                .close();

        caddy.process().awaitLine(Pattern.compile("/stream/ws\\?token=REDACTED"), Deadlines.SOON);
        assertThat(caddy.process().output()).doesNotContain("open-sesame");

        server.stop();
        assertThat(get(client, caddy, "/stream/ws?token=open-sesame", "Referer", caddy.origin() + "/?token=open-sesame")
                .statusCode()).isEqualTo(502);
        caddy.process().awaitLine(Pattern.compile("\"level\":\"error\".*/stream/ws\\?token=REDACTED"), Deadlines.SOON);
        assertThat(caddy.process().output()).as("the errors").doesNotContain("open-sesame");
    }
}
