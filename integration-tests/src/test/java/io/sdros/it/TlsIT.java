package io.sdros.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** https and wss from PEM files, and their replacement while clients are connected. */
final class TlsIT {

    private static final Duration OPENSSL = Duration.ofSeconds(30);

    @TempDir
    private Path folder;
    private final Opened opened = new Opened();
    private final TempRegion region = opened.add(TempRegion.create());

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    @Test
    void servesPageAndStreamAndChangesItsCertificateWithoutDroppingAnyone() throws Exception {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        issue(certificate, key, "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1");
        Certificate first = read(certificate);
        ServerProcess server = opened.add(ServerProcess.builder().region(region)
                .set("SDR_TLS_CERT_FILE", certificate.toString()).set("SDR_TLS_KEY_FILE", key.toString()).start());
        assertThat(server.http("/").getScheme()).isEqualTo("https");
        SSLContext trust = trusting(first);
        HttpClient client = HttpClient.newBuilder().sslContext(trust).version(HttpClient.Version.HTTP_1_1).build();

        HttpResponse<String> health = client.send(HttpRequest.newBuilder(server.http("/health")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(presented(server, trust)).isEqualTo(first);

        RegionWriter writer = RegionWriter.open(region.path());
        Counting stream = new Counting();
        WebSocket socket = client.newWebSocketBuilder()
                .buildAsync(URI.create("wss://127.0.0.1:" + server.port() + "/stream/ws"), stream).join();
        // Many times a TLS record, so that it is cut into several on the way.
        long firstFrameBytes = 1 + writer.keyframe(1_000_000).headerAndPayload().length;
        Await.until("the frame", Deadlines.SOON, () -> stream.bytes.get() == firstFrameBytes);

        Path nextCertificate = folder.resolve("next-cert.pem");
        Path nextKey = folder.resolve("next-key.pem");
        issue(nextCertificate, nextKey, "rsa:2048");
        Certificate second = read(nextCertificate);
        Files.move(nextCertificate, certificate, StandardCopyOption.REPLACE_EXISTING);
        Files.move(nextKey, key, StandardCopyOption.REPLACE_EXISTING);
        SSLContext either = trusting(first, second);
        Await.until("new connections get the new certificate", Deadlines.SOON,
                () -> presented(server, either).equals(second));

        long secondFrameBytes = 1 + writer.keyframe(100).headerAndPayload().length;
        Await.until("the first connection goes on", Deadlines.SOON,
                () -> stream.bytes.get() == firstFrameBytes + secondFrameBytes);
        socket.abort();
        assertThat(server.stop()).isZero();
    }

    @Test
    void oldVersionsAreRefusedByTheServer() {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        issue(certificate, key, "rsa:2048"); // the only kind that all versions can use
        ServerProcess server = opened.add(ServerProcess.builder().region(region)
                .set("SDR_TLS_CERT_FILE", certificate.toString()).set("SDR_TLS_KEY_FILE", key.toString()).start());

        assertThat(handshake(server, "-tls1_3")).contains("TLSv1.3, Cipher is");
        assertThat(handshake(server, "-tls1_2")).contains("TLSv1.2, Cipher is");
        for (String old : List.of("-tls1_1", "-tls1")) {
            assertThat(handshake(server, old)).as(old).contains("Cipher is (NONE)").contains("alert protocol version");
        }
        assertThat(handshake(server, "-tls1_3")).as("afterwards").contains("TLSv1.3, Cipher is");
    }

    /** What openssl says; with security level 0, or it would not offer the old versions in the first place. */
    private static String handshake(ServerProcess server, String version) {
        try (ChildProcess openssl = ChildProcess.start("openssl", List.of(Tool.command("openssl"), "s_client",
                "-connect", "127.0.0.1:" + server.port(), version, "-cipher", "ALL:@SECLEVEL=0"), Map.of())) {
            openssl.endInput();
            openssl.awaitExit(OPENSSL);
            return openssl.output();
        }
    }

    private static void issue(Path certificate, Path key, String... algorithm) {
        List<String> command = new ArrayList<>(List.of(Tool.command("openssl"), "req", "-x509", "-nodes",
                "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                key.toString(), "-out", certificate.toString(), "-newkey"));
        command.addAll(List.of(algorithm));
        try (ChildProcess openssl = ChildProcess.start("openssl", command, Map.of())) {
            assertThat(openssl.awaitExit(OPENSSL)).as("openssl").isZero();
        }
    }

    private static Certificate read(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static SSLContext trusting(Certificate... certificates) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (Certificate certificate : certificates) {
            store.setCertificateEntry("c" + store.size(), certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    private static Certificate presented(ServerProcess server, SSLContext trust) {
        try (SSLSocket socket = (SSLSocket) trust.getSocketFactory().createSocket("127.0.0.1", server.port())) {
            return socket.getSession().getPeerCertificates()[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Counts the bytes of the messages that arrive. */
    private static final class Counting implements WebSocket.Listener {
        private final AtomicInteger bytes = new AtomicInteger();

        @Override
        public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
            bytes.addAndGet(data.remaining());
            webSocket.request(1);
            return null;
        }
    }
}
