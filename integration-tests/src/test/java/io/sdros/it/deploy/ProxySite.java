package io.sdros.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.Deadlines;
import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RawPeer;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.SteadyVideo;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WsRecorder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A server as it is seen through a proxy.
 *
 * @param client trusts the proxy's certificate, if it has one
 * @param base where the player page is; its path ends with a slash
 */
record ProxySite(HttpClient client, URI base) {

    private static final int FRAMES = 100;
    /** Another address of this machine than the proxy's, so that the proxy is not taken for the viewer. */
    private static final String STRANGER = "127.0.0.2";

    static ProxySite plain(URI base) {
        return new ProxySite(oneDotOne().build(), base);
    }

    /** {@code authority}: the PEM file of who has signed the proxy's certificate. */
    static ProxySite secure(URI base, Path authority) {
        return new ProxySite(oneDotOne().sslContext(trusting(authority)).build(), base);
    }

    private static HttpClient.Builder oneDotOne() {
        return HttpClient.newBuilder().connectTimeout(Deadlines.SOON).version(HttpClient.Version.HTTP_1_1);
    }

    /** Trusts what that authority has signed, and nothing else. */
    static SSLContext trusting(Path authority) {
        try (InputStream file = Files.newInputStream(authority)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry("authority", CertificateFactory.getInstance("X.509").generateCertificate(file));
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A port of the loopback interface that nobody has at the moment. */
    static int freePort() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a browser says of its page. */
    String origin() {
        return base.getScheme() + "://" + base.getRawAuthority();
    }

    /** {@code path}: relative to the page, or from the top with a slash in front. */
    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(Deadlines.SOON);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    int status(String path, String... headers) throws IOException, InterruptedException {
        return get(path, headers).statusCode();
    }

    WsRecorder watch(String query) {
        URI stream = URI.create(base.resolve("stream/ws" + query).toString().replaceFirst("^http", "ws"));
        return WsRecorder.connect(client, stream, Map.of("Origin", origin()));
    }

    /** Compares what two viewers get, one of them through the proxy, who is returned. Nobody else may be connected. */
    WsRecorder watchBesideADirectViewer(ServerProcess server, TempRegion region, OpenResources opened) {
        WsRecorder direct = opened.add(WsRecorder.connect(server));
        WsRecorder proxied = opened.add(watch(""));
        server.http().awaitClients(2);
        opened.add(SteadyVideo.start(RegionWriter.open(region.path()), Duration.ofMillis(15), 30_000));
        List<VideoFrame> through = proxied.awaitVideo(FRAMES).subList(0, FRAMES);
        direct.awaitFrameFrom(through.get(FRAMES - 1).frameId());

        List<VideoFrame> expected = direct.video().stream()
                .filter(frame -> frame.frameSeq() >= through.get(0).frameSeq()).limit(FRAMES).toList();
        assertThat(through).extracting(VideoFrame::frameSeq)
                .isEqualTo(expected.stream().map(VideoFrame::frameSeq).toList());
        for (int i = 0; i < FRAMES; i++) {
            assertThat(through.get(i).headerAndPayload()).isEqualTo(expected.get(i).headerAndPayload());
        }
        return proxied;
    }

    /** How many of so many viewers from one address get in, each of whom says by its own header to be somebody else. */
    int letIn(int viewers) throws IOException {
        int in = 0;
        try (OpenResources opened = new OpenResources()) {
            for (int i = 0; i < viewers; i++) {
                String somebody = "10.9.8." + i;
                String lie = "X-Forwarded-For: " + switch (i % 3) {
                    case 0 -> somebody;
                    case 1 -> somebody + ", 127.0.0.1";
                    default -> "127.0.0.1\r\nX-Forwarded-For: " + somebody;
                };
                RawPeer peer = opened.add(RawPeer.dial(base.getPort(), InetAddress.getByName(STRANGER)));
                String answer = peer.request(RawPeer.handshake().replace("Upgrade: websocket",
                        lie + "\r\nUpgrade: websocket"));
                assertThat(answer).containsPattern("^HTTP/1.1 (101|503) ");
                in += answer.startsWith("HTTP/1.1 101 ") ? 1 : 0;
            }
        }
        return in;
    }
}
