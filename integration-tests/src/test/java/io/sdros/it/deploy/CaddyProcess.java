package io.sdros.it.deploy;

import io.sdros.it.support.Await;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.Tool;
import io.sdros.it.support.UnfinishedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A Caddy of the test's own with the Caddyfile of {@code docs/deploy}; whatever it keeps is in the given folder. */
final class CaddyProcess implements AutoCloseable {

    private static final Pattern SERVING = Pattern.compile("serving initial configuration");

    private final ChildProcess process;
    private final URI site;
    private final Path data;

    private CaddyProcess(ChildProcess process, URI site, Path data) {
        this.process = process;
        this.site = site;
        this.data = data;
    }

    static Path caddyfile() {
        return Tool.repositoryFile("docs/deploy/Caddyfile");
    }

    static List<String> command(String word, Path caddyfile) {
        return List.of(Tool.command("caddy"), word, "--adapter", "caddyfile", "--config", caddyfile.toString());
    }

    /** Caddy in front of the server; {@code scheme} is what it speaks with browsers, on localhost. */
    static CaddyProcess start(String scheme, ServerProcess server, Path folder) {
        return start(scheme, server, folder, caddyfile());
    }

    /** With another Caddyfile, which has the variables of the shipped one. */
    static CaddyProcess start(String scheme, ServerProcess server, Path folder, Path caddyfile) {
        URI site = URI.create(scheme + "://localhost:" + ProxySite.freePort());
        ChildProcess process = ChildProcess.start("caddy", command("run", caddyfile), Map.of(
                "SITE", site.toString(), "UPSTREAM", "127.0.0.1:" + server.port(),
                "HTTP_PORT", Integer.toString(ProxySite.freePort()), "HOME", folder.toString(),
                "XDG_DATA_HOME", folder.resolve("data").toString(),
                "XDG_CONFIG_HOME", folder.resolve("config").toString()));
        try {
            process.awaitLine(SERVING, Deadlines.START);
            CaddyProcess caddy = new CaddyProcess(process, site, folder.resolve("data"));
            Await.until("Caddy listens", Deadlines.SOON, caddy::listens);
            return caddy;
        } catch (RuntimeException | Error e) {
            process.close();
            throw e;
        }
    }

    private boolean listens() {
        try (UnfinishedRequest tried = UnfinishedRequest.connect(site.getPort(), "")) {
            return tried.socket().isConnected();
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** What a browser's address bar would show, up to the path. */
    String origin() {
        return site.toString();
    }

    URI http(String path) {
        return site.resolve(path);
    }

    URI stream(String query) {
        return URI.create(origin().replaceFirst("^http", "ws") + "/stream/ws" + query);
    }

    /** Trusts what Caddy's own authority has signed, and nothing else. */
    SSLContext trust() {
        Path root = data.resolve("caddy/pki/authorities/local/root.crt");
        Await.until("Caddy has made its authority", Deadlines.START, () -> Files.exists(root));
        SSLContext context = ProxySite.trusting(root);
        // It listens before it has a certificate of its own, and turns handshakes down until then.
        Await.until("Caddy has a certificate", Deadlines.START, () -> handshakes(context));
        return context;
    }

    private boolean handshakes(SSLContext context) {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(site.getHost(), site.getPort())) {
            // Java leaves out a name without a dot, and Caddy chooses the certificate by it.
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(site.getHost())));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    ChildProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }
}
