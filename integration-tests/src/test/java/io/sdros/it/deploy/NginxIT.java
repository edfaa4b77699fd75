package io.sdros.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawHttp;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import io.sdros.it.support.WsRecorder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server behind a real nginx with the configuration that is shipped. */
final class NginxIT {

    private static final String LIMIT = "5";
    private static final String FORWARDED_FOR = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";

    @TempDir
    private Path folder;
    @RegisterExtension
    private final OpenResources opened = new OpenResources();
    private final TempRegion region = opened.add(TempRegion.create());

    /** A server on which nobody lags, however busy the machine is: what arrives is to be compared. */
    private ServerProcess start(ServerProcess.Builder builder) {
        return opened.add(builder.region(region).set("SDR_MAX_LATENCY_MS", "0").set("SDR_BROADCAST_CAPACITY", "4096")
                .set("SDR_TRUSTED_PROXIES", "127.0.0.1").start());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void pageAndStreamComeThrough(String scheme) throws Exception {
        ServerProcess server = start(ServerProcess.builder());
        ProxySite site = scheme.equals("https") ? secureSite(server)
                : ProxySite.plain(opened.add(NginxProcess.start(server, folder)).http("/"));

        assertThat(site.get("/").body()).contains("<html");
        assertThat(site.get("/").headers().firstValue("content-security-policy")).isPresent();
        assertThat(site.status("/sdr-client.js")).isEqualTo(200);
        assertThat(site.get("/health").body()).contains("\"status\":\"ok\"");
        assertThat(site.status("/metrics")).as("not for the outside").isEqualTo(404);

        WsRecorder proxied = site.watchBesideADirectViewer(server, region, opened);

        assertThat(server.stop()).isZero();
        assertThat(proxied.awaitClose(Deadlines.SOON)).isEqualTo(1001);
        assertThat(site.status("/health")).as("the server is down").isEqualTo(502);
    }

    /** As the file says how to. */
    private ProxySite secureSite(ServerProcess server) {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        ChildProcess.run("openssl", List.of(Tool.command("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=nginx", "-addext",
                "subjectAltName=IP:127.0.0.1", "-keyout", key.toString(), "-out", certificate.toString()),
                Deadlines.START);
        NginxProcess nginx = opened.add(NginxProcess.start(server, folder, shipped -> NginxProcess.replace(shipped,
                "\n    listen 80;", "\n    listen 443 ssl;\n    ssl_certificate " + certificate
                        + ";\n    ssl_certificate_key " + key + ";")));
        return ProxySite.secure(nginx.http("/"), certificate);
    }

    @Test
    void originsAreHeldAgainstTheAddressTheBrowserSees() throws Exception {
        ServerProcess server = start(ServerProcess.builder());
        ProxySite site = ProxySite.plain(opened.add(NginxProcess.start(server, folder)).http("/"));
        String https = site.origin().replace("http:", "https:");

        assertThat(site.status("/stream/ws", "Origin", site.origin())).isEqualTo(426);
        assertThat(site.status("/stream/ws", "Origin", https)).as("another scheme").isEqualTo(403);
        assertThat(site.status("/stream/ws", "Origin", "http://elsewhere.example")).isEqualTo(403);
        assertThat(site.status("/stream/ws", "Origin", "http://127.0.0.1:" + server.port()))
                .as("the server's own address is not where the page came from").isEqualTo(403);
        assertThat(site.status("/stream/ws", "Origin", https, "X-Forwarded-Proto", "https"))
                .as("what a client says of itself").isEqualTo(403);
        assertThat(site.status("/stream/ws", "Origin", "http://elsewhere.example",
                "X-Forwarded-Host", "elsewhere.example"))
                .as("what a client says of itself").isEqualTo(403);
        assertThat(RawHttp.answer(site.base().getPort(), "GET /stream/ws HTTP/1.1\r\nHost: localhost\r\n"
                + "Origin: http://localhost:81\r\nX-Forwarded-Port: 81\r\n\r\n"))
                .as("what a client says of itself").startsWith("HTTP/1.1 403 ");
    }

    @Test
    void aClientsOwnForwardedForDoesNotGetAroundTheLimitPerAddress() throws Exception {
        ServerProcess server = start(ServerProcess.builder().set("SDR_MAX_CLIENTS_PER_ADDRESS", LIMIT));

        assertThat(ProxySite.plain(opened.add(NginxProcess.start(server, folder)).http("/")).letIn(10)).isEqualTo(5);
    }

    /** Why the line is there, as the documents say. */
    @ParameterizedTest
    @ValueSource(strings = {"", "proxy_set_header X-Forwarded-For $http_x_forwarded_for;"})
    void withAnotherLineItWould(String line) throws Exception {
        ServerProcess server = start(ServerProcess.builder().set("SDR_MAX_CLIENTS_PER_ADDRESS", LIMIT));
        NginxProcess nginx = opened.add(NginxProcess.start(server, folder,
                shipped -> NginxProcess.replace(shipped, FORWARDED_FOR, line)));

        assertThat(ProxySite.plain(nginx.http("/")).letIn(10)).isEqualTo(10);
    }

    @Test
    void theTokenComesThroughAndIsInNoLog() throws Exception {
        ServerProcess server = start(ServerProcess.builder().set("SDR_AUTH_TOKEN", "open-sesame"));
        NginxProcess nginx = opened.add(NginxProcess.start(server, folder));
        ProxySite site = ProxySite.plain(nginx.http("/"));

        assertThat(site.status("/stream/ws")).isEqualTo(401);
        assertThat(site.status("/stream/ws", "Authorization", "Bearer open-sesame")).isEqualTo(426);
        site.watch("?token=open-sesame").close();
        Await.until("the viewer is in the log", Deadlines.SOON,
                () -> nginx.accessLog().contains("/stream/ws HTTP/1.1\" 101 "));

        server.stop();
        assertThat(site.status("/stream/ws?token=open-sesame", "Referer", site.origin() + "/?token=open-sesame"))
                .isEqualTo(502);
        assertThat(site.status("/?token=open-sesame")).isEqualTo(502);
        Await.until("the failures are in the log", Deadlines.SOON, () -> nginx.accessLog().contains("\"GET / HTTP/1.1\" 502 ")
                && nginx.output().contains("\"GET /stream/ws HTTP/1.1\" 502 "));
        assertThat(nginx.output()).doesNotContain("open-sesame");
    }
}
