package io.sdros.server;

import io.sdros.server.settings.Settings;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Asks the server that runs with the same settings on this machine whether it serves: {@code GET /health}. For container
 * images, which hold no program to ask with.
 */
final class HealthCheck {
    private static final int OK = 200;
    private static final byte[] LOOPBACK_4 = {127, 0, 0, 1};
    private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final URI uri;
    private final boolean secure;
    private final Duration timeout;

    /** For a server with these settings; {@code timeout} is for the connection and again for the answer. */
    HealthCheck(Settings settings, Duration timeout) {
        InetSocketAddress listened = settings.listenAddress();
        secure = settings.tls().isPresent();
        this.timeout = timeout;
        String host = reachable(listened.getAddress()).getHostAddress();
        uri = URI.create((secure ? "https" : "http") + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
                + ":" + listened.getPort() + "/health");
    }

    /** Where a server that listens on this address is found from the same machine. */
    static InetAddress reachable(InetAddress listened) {
        if (!listened.isAnyLocalAddress()) {
            return listened;
        }
        try {
            return InetAddress.getByAddress(listened.getAddress().length == LOOPBACK_4.length ? LOOPBACK_4 : LOOPBACK_6);
        } catch (IOException e) {
            throw new IllegalStateException(e); // both have a right length
        }
    }

    URI uri() {
        return uri;
    }

    /**
     * Asks once.
     *
     * @return what /health says
     * @throws IOException if there is no answer in time, or another than 200
     */
    String ask() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
        if (secure) {
            trustAnyone((HttpsURLConnection) connection);
        }
        connection.setConnectTimeout((int) timeout.toMillis());
        connection.setReadTimeout((int) timeout.toMillis());
        try {
            if (connection.getResponseCode() != OK) {
                throw new IOException("it answers " + connection.getResponseCode());
            }
            return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } finally {
            connection.disconnect();
        }
    }

    /** The certificate names the server as its clients know it, not the loopback address; and no secret is sent. */
    private static void trustAnyone(HttpsURLConnection connection) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anyone()}, new SecureRandom());
            connection.setSSLSocketFactory(context.getSocketFactory());
            connection.setHostnameVerifier((host, session) -> true);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static final class Anyone implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            // Asked by servers only.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            // Whoever it is.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
