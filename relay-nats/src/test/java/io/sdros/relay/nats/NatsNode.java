package io.sdros.relay.nats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real nats-server as a child process, on a port of its own that it keeps through restarts. */
public final class NatsNode implements AutoCloseable {

    private final Path folder;
    private final int port;
    private Process process;

    private NatsNode(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    public static NatsNode running(Path folder, String configuration) {
        NatsNode node = new NatsNode(folder, freePort());
        node.start(configuration);
        return node;
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "nats://127.0.0.1:" + port;
    }

    /** One with this configuration, which says itself that it listens on this port of 127.0.0.1. */
    public static NatsNode running(Path folder, int port, Path configuration, Map<String, String> environment) {
        NatsNode node = new NatsNode(folder, port);
        node.start(configuration, environment);
        return node;
    }

    /** Starts it with a configuration besides its address, and returns when it listens. */
    public void start(String configuration) {
        Path config = folder.resolve("nats-" + port + ".conf");
        try {
            Files.writeString(config, "listen: \"127.0.0.1:" + port + "\"\n" + configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(config, Map.of());
    }

    private void start(Path configuration, Map<String, String> environment) {
        try {
            ProcessBuilder builder = new ProcessBuilder(executable(), "-c", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("nats-" + port + ".log").toFile());
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Eventually.await("nats-server listens on " + port, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("nats-server ended, see nats-" + port + ".log");
            }
            return accepts();
        });
    }

    public void freeze() {
        signal("-STOP");
    }

    public void thaw() {
        signal("-CONT");
    }

    public void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new AssertionError("nats-server does not die");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kill();
    }

    private void signal(String signal) {
        try {
            if (new ProcessBuilder("kill", signal, Long.toString(process.pid())).inheritIO().start().waitFor() != 0) {
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
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, "nats-server"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no nats-server on the PATH; is it installed, and the test tagged \"tools\"?"))
                .toString();
    }
}
