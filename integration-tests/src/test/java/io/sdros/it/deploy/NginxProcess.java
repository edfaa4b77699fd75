package io.sdros.it.deploy;

import io.sdros.it.support.Await;
import io.sdros.it.support.ChildProcess;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** An nginx of the test's own with the file of {@code docs/deploy}; whatever it writes is in the given folder. */
final class NginxProcess implements AutoCloseable {

    private static final int TRIES = 5;

    // One process, so that none is left when it is killed. It runs as whoever has started it, root too.
    private static final String MAIN = """
            daemon off;
            master_process off;
            pid pid;
            error_log stderr notice;
            events {}
            http {
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                include site.conf;
            }
            """;

    private final ChildProcess process;
    private final URI site;
    private final Path folder;

    private NginxProcess(ChildProcess process, URI site, Path folder) {
        this.process = process;
        this.site = site;
        this.folder = folder;
    }

    /** With the file as it is shipped, but for addresses and the folder of its log. */
    static NginxProcess start(ServerProcess server, Path folder) {
        return start(server, folder, UnaryOperator.identity());
    }

    /** {@code change}: what else is changed in the file. */
    static NginxProcess start(ServerProcess server, Path folder, UnaryOperator<String> change) {
        try {
            String shipped = Files.readString(Tool.repositoryFile("docs/deploy/nginx.conf"));
            String site = replace(change.apply(shipped), "http://127.0.0.1:8080", "http://127.0.0.1:" + server.port());
            site = replace(site, "/var/log/nginx/", folder + "/");
            Files.writeString(folder.resolve("nginx.conf"), MAIN);
            for (int tries = 1;; tries++) {
                NginxProcess nginx = launch(site, folder);
                if (nginx.serves()) {
                    return nginx;
                }
                nginx.close();
                // Somebody else may take the port before nginx does, which then gives up.
                if (tries == TRIES) {
                    throw new AssertionError("nginx does not start: " + nginx.process.output());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static NginxProcess launch(String site, Path folder) throws IOException {
        int port = ProxySite.freePort();
        Files.deleteIfExists(folder.resolve("pid"));
        boolean secure = site.contains("\n    listen 443 ssl;");
        Files.writeString(folder.resolve("site.conf"), replace(site, secure ? "\n    listen 443" : "\n    listen 80",
                "\n    listen 127.0.0.1:" + port));
        ChildProcess process = ChildProcess.start("nginx", List.of(Tool.command("nginx"), "-p", folder + "/",
                "-c", folder.resolve("nginx.conf").toString(), "-e", "stderr"), Map.of());
        URI address = URI.create((secure ? "https" : "http") + "://127.0.0.1:" + port + "/");
        return new NginxProcess(process, address, folder);
    }

    static String replace(String text, String what, String by) {
        if (!text.contains(what)) {
            throw new AssertionError("\"" + what + "\" is not in " + text);
        }
        return text.replace(what, by);
    }

    /** Whether it has come so far as to write its process id, which it does when it listens. */
    private boolean serves() {
        Path pid = folder.resolve("pid");
        Await.until("nginx listens or ends", Deadlines.START, () -> !process.isAlive() || pid.toFile().length() > 0);
        return process.isAlive();
    }

    URI http(String path) {
        return site.resolve(path);
    }

    /** All it has written so far, in its logs and elsewhere. */
    String output() {
        return process.output() + "\n" + accessLog();
    }

    String accessLog() {
        try {
            return Files.readString(folder.resolve("sdr-access.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
