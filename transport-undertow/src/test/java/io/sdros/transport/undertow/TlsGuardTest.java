package io.sdros.transport.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS handshakes that never end are cut, and do not hold up anybody else. */
@Tag("slow")
class TlsGuardTest {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final int READ_TIMEOUT_MILLIS = 20_000;
    private static final byte[] HALF_CLIENT_HELLO = Bytes.hex("16 03 01 02 00 01 00 01 fc 03 03 00 01 02 03".replace(" ", ""));

    private static SSLContext context;
    private TestServer server;

    @BeforeAll
    static void makeKeys(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "s", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=ip:127.0.0.1",
                "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", new String(PASSWORD))
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        assertThat(keytool.waitFor()).as("keytool").isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("s", keys.getCertificate("s"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    }

    @BeforeEach
    void start() {
        server = new TestServer(settings -> settings.tls(context).route("/health", query -> HttpReply.text(200, "ok")));
    }

    /** A machine that stands still for so long makes each client one that is too slow. */
    private TestServer impatient(Duration patience) {
        return new TestServer(settings -> settings.tls(context).route("/health", query -> HttpReply.text(200, "ok"))
                .httpTimeouts(patience, patience, Duration.ofSeconds(5)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String overTls(String request) throws IOException {
        return overTls(server, request);
    }

    private static String overTls(TestServer server, String request) throws IOException {
        try (Socket socket = context.getSocketFactory().createSocket("127.0.0.1", server.address.getPort())) {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            socket.getOutputStream().write(Bytes.utf8(request));
            byte[] head = socket.getInputStream().readNBytes("HTTP/1.1 000".length());
            return new String(head, StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void handshakesThatNeverEndAreCutWhileOthersAreServed() throws Exception {
        try (TestServer impatient = impatient(Duration.ofSeconds(3));
                Socket silent = socket(impatient); Socket half = socket(impatient); Socket dripping = socket(impatient);
                SSLSocket idle = (SSLSocket) context.getSocketFactory()
                        .createSocket("127.0.0.1", impatient.address.getPort())) {
            idle.startHandshake();
            half.getOutputStream().write(HALF_CLIENT_HELLO);
            assertThat(overTls(impatient, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")).isEqualTo("HTTP/1.1 200");
            assertThat(dripUntilCut(dripping)).as("bytes dripped in").isLessThan(200);
            for (Socket socket : List.of(silent, half, idle)) {
                assertThat(ended(socket)).isTrue();
            }
        }
    }

    @Test
    void nobodyNegotiatesAnew() throws Exception {
        for (int i = 0; i < 2; i++) { // the second time with a session to go on from
            try (SSLSocket socket = of("TLSv1.2")) {
                AtomicInteger handshakes = new AtomicInteger();
                socket.addHandshakeCompletedListener(event -> handshakes.incrementAndGet());
                health(socket);
                Await.until("one handshake", () -> handshakes.get() == 1);
                socket.startHandshake();
                assertThatThrownBy(() -> health(socket)).isInstanceOf(IOException.class);
                assertThat(handshakes.get()).isEqualTo(1);
            }
        }
        try (SSLSocket modern = of("TLSv1.3"); SSLSocket old = of("TLSv1.2")) {
            for (int i = 0; i < 3; i++) {
                health(modern);
                health(old);
            }
            modern.startHandshake(); // in TLS 1.3 new keys alone, which cost next to nothing
            health(modern);
        }
    }

    private SSLSocket of(String version) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.address.getPort());
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        socket.setEnabledProtocols(new String[] {version});
        return socket;
    }

    private static void health(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(Bytes.utf8("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\nok")) {
            int octet = socket.getInputStream().read();
            if (octet < 0) {
                throw new IOException("ended");
            }
            answer.append((char) octet);
        }
    }

    @Test
    void plainHttpOnTheTlsPortIsCutAtOnce() throws Exception {
        try (TestServer patient = new TestServer(settings -> settings.tls(context));
                Socket socket = new Socket("127.0.0.1", patient.address.getPort())) {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            socket.getOutputStream().write(Bytes.utf8("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            assertThat(ended(socket)).as("well before the timeouts").isTrue();
        }
    }

    @Test
    void aHelloMayBeLong() throws Exception {
        for (int protocols : new int[] {1, 3, 8, 60}) {
            try (SSLSocket socket = of("TLSv1.3")) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(IntStream.range(0, protocols)
                        .mapToObj(i -> "x".repeat(200) + i).toArray(String[]::new));
                socket.setSSLParameters(parameters);
                health(socket);
                health(socket);
            }
        }
    }

    @Test
    void plainHttpOnTheTlsPortIsCut() throws Exception {
        try (Socket socket = socket(server)) {
            socket.getOutputStream().write(Bytes.utf8("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            assertThat(new String(readAll(socket), StandardCharsets.ISO_8859_1))
                    .doesNotContain("200");
        }
    }

    @Test
    void anUpgradedClientOutlivesTheHttpTimeouts() throws Exception {
        Duration patience = Duration.ofSeconds(3);
        try (TestServer impatient = impatient(patience); SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket("127.0.0.1", impatient.address.getPort())) {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            socket.getOutputStream().write(Bytes.utf8(RawClient.handshake("/stream/ws")));
            impatient.awaitClients(1);
            LockSupport.parkNanos(patience.plusMillis(1500).toNanos()); // well beyond both
            assertThat(impatient.statistics().clients()).isEqualTo(1);
        }
    }

    @Test
    void aPlainPageOfTheSameNameIsAnotherOrigin() throws Exception {
        assertThat(overTls(RawClient.handshake("/stream/ws").replace("\r\n\r\n",
                "\r\nOrigin: http://localhost\r\n\r\n"))).isEqualTo("HTTP/1.1 403");
        assertThat(overTls(RawClient.handshake("/stream/ws").replace("\r\n\r\n",
                "\r\nOrigin: https://localhost\r\n\r\n"))).isEqualTo("HTTP/1.1 101");
    }

    private static Socket socket(TestServer server) throws IOException {
        Socket socket = new Socket("127.0.0.1", server.address.getPort());
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        return socket;
    }

    /** A TLS record that grows by a byte every 50 ms. */
    private static int dripUntilCut(Socket socket) {
        try {
            for (int sent = 0; sent < 400; sent++) {
                socket.getOutputStream().write(HALF_CLIENT_HELLO[Math.min(sent, 1 + sent % 8)]);
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
            return Integer.MAX_VALUE;
        } catch (IOException e) {
            return 0;
        }
    }

    private static boolean ended(Socket socket) throws IOException {
        readAll(socket); // a read that times out fails the test
        return true;
    }

    private static byte[] readAll(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (SocketException e) {
            return new byte[0];
        }
    }
}
