package io.sdros.telemetry.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A real nats-server as a child process, on a port of its own that it keeps through restarts. */
final class NatsServer implements AutoCloseable {
    private static final Pattern TOTAL_CONNECTIONS = Pattern.compile("\"total_connections\":\\s*(\\d+)");

    private final Path folder;
    private final int port;
    private final int monitoringPort = freePort();
    private Process process;

    private NatsServer(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** A server that does not run yet. */
    static NatsServer stopped(Path folder) {
        return new NatsServer(folder, freePort());
    }

    static NatsServer running(Path folder) {
        return running(folder, "");
    }

    static NatsServer running(Path folder, String configuration) {
        NatsServer server = stopped(folder);
        server.start(configuration);
        return server;
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    String url() {
        return "nats://" + address();
    }

    void start() {
        start("");
    }

    /** Starts the server with a configuration besides its address, and returns when it listens. */
    void start(String configuration) {
        try {
            Path config = folder.resolve("nats-" + port + ".conf");
            Files.writeString(config, whole(configuration));
            process = new ProcessBuilder(executable(), "-c", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("nats-" + port + ".log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Eventually.await("nats-server listens on " + port, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("nats-server ended: " + log());
            }
            return accepts();
        });
    }

    void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new AssertionError("nats-server does not die");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Another configuration for the running server, which takes it over a moment later. */
    void reload(String configuration) {
        try {
            Files.writeString(folder.resolve("nats-" + port + ".conf"), whole(configuration));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        signal("-HUP");
    }

    void restart(String configuration) {
        kill();
        start(configuration);
    }

    private String whole(String configuration) {
        return "listen: \"" + address() + "\"\nhttp: \"127.0.0.1:" + monitoringPort + "\"\n" + configuration;
    }

    /** Connections since it was started, refused ones included. */
    long totalConnections() {
        try (InputStream in = URI.create("http://127.0.0.1:" + monitoringPort + "/varz").toURL().openStream()) {
            Matcher count = TOTAL_CONNECTIONS.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            assertThat(count.find()).isTrue();
            return Long.parseLong(count.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void freeze() {
        signal("-STOP");
    }

    void thaw() {
        signal("-CONT");
    }

    String log() {
        try {
            return Files.readString(folder.resolve("nats-" + port + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }

    private void signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).inheritIO().start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("kill " + signal + " failed");
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String executable() {
        // Debian installs it in /usr/sbin, which the build adds to the PATH of tests tagged "tools".
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, "nats-server"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no nats-server on the PATH; is it installed, and the test tagged \"tools\"?"))
                .toString();
    }
}
