package io.sdros.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Await;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.Tool;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
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

    private static final int ALERT_RECORD = 0x15;
    private static final byte FATAL = 2;
    private static final byte PROTOCOL_VERSION = 70;

    private static final Duration OPENSSL = Duration.ofSeconds(30);

    @TempDir
    private Path folder;
    private final OpenResources opened = new OpenResources();
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
    void oldVersionsAreRefusedByTheServer() throws IOException {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        issue(certificate, key, "rsa:2048"); // the only kind that all versions can use
        ServerProcess server = opened.add(ServerProcess.builder().region(region)
                .set("SDR_TLS_CERT_FILE", certificate.toString()).set("SDR_TLS_KEY_FILE", key.toString()).start());

        assertThat(handshake(server, "-tls1_3")).isTrue();
        assertThat(handshake(server, "-tls1_2")).isTrue();
        for (int minor : new int[] {1, 2}) {
            assertThat(answerToHello(server, minor)).as("TLS 1." + (minor - 1)).containsExactly(FATAL, PROTOCOL_VERSION);
        }
        assertThat(handshake(server, "-tls1_3")).as("afterwards").isTrue();
    }

    /** Whether openssl comes through with one version, by its exit code. */
    private static boolean handshake(ServerProcess server, String version) {
        try (ChildProcess openssl = ChildProcess.start("openssl", List.of(Tool.command("openssl"), "s_client",
                "-connect", "127.0.0.1:" + server.port(), version), Map.of())) {
            openssl.endInput();
            return openssl.awaitExit(OPENSSL) == 0;
        }
    }

    /** Says hello as a client of version 3.minor that knows nothing newer; returns the alert that comes back. */
    private static byte[] answerToHello(ServerProcess server, int minor) throws IOException {
        byte[] random = new byte[32];
        byte[] hello = ByteBuffer.allocate(2 + random.length + 1 + 6 + 2)
                .put((byte) 3).put((byte) minor).put(random).put((byte) 0) // no session
                .putShort((short) 4).putShort((short) 0xC013).putShort((short) 0x002F) // AES-128-CBC-SHA, by ECDHE and by RSA
                .put((byte) 1).put((byte) 0).array(); // no compression
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout((int) Deadlines.SOON.toMillis());
            socket.getOutputStream().write(ByteBuffer.allocate(5 + 4 + hello.length)
                    .put((byte) 0x16).put((byte) 3).put((byte) 1).putShort((short) (4 + hello.length))
                    .put((byte) 1).put((byte) 0).putShort((short) hello.length).put(hello).array());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            assertThat(in.readUnsignedByte()).as("the type of the record").isEqualTo(ALERT_RECORD);
            in.readShort();
            return in.readNBytes(in.readUnsignedShort());
        }
    }

    static void issue(Path certificate, Path key, String... algorithm) {
        List<String> command = new ArrayList<>(List.of(Tool.command("openssl"), "req", "-x509", "-nodes",
                "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                key.toString(), "-out", certificate.toString(), "-newkey"));
        command.addAll(List.of(algorithm));
        try (ChildProcess openssl = ChildProcess.start("openssl", command, Map.of())) {
            assertThat(openssl.awaitExit(OPENSSL)).as("openssl").isZero();
        }
    }

    static Certificate read(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    static SSLContext trusting(Certificate... certificates) throws IOException, GeneralSecurityException {
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
