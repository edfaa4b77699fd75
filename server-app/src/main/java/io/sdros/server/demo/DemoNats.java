package io.sdros.server.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A nats-server of the demo's own, from PATH, which only this machine can reach. It ends with the demo, however that ends: a
 * shell waits for the end of its input and ends the server then.
 */
public final class DemoNats implements AutoCloseable {

    private static final String PROGRAM = "nats-server";
    private static final String UNTIL_INPUT_ENDS = "\"$0\" \"$@\" >/dev/null 2>&1 & server=$!; read -r end; kill \"$server\"";
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long STOP_SECONDS = 3;
    private static final int CONNECT_MILLIS = 500;
    private static final long PAUSE_MILLIS = 20;

    private final Process shell;
    private final InetSocketAddress address;

    private DemoNats(Process shell, InetSocketAddress address) {
        this.shell = shell;
        this.address = address;
    }

    /**
     * Starts it, and returns when it listens.
     *
     * @throws IOException if there is none on PATH, or it does not start
     */
    public static DemoNats start() throws IOException {
        Path program = Stream.of(System.getenv().getOrDefault("PATH", "").split(":")).map(folder -> Path.of(folder, PROGRAM))
                .filter(Files::isExecutable).findFirst()
                .orElseThrow(() -> new IOException("there is no " + PROGRAM + " on PATH, which two servers need between them"));
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
        Process shell = new ProcessBuilder("/bin/sh", "-c", UNTIL_INPUT_ENDS, program.toString(),
                "-a", address.getAddress().getHostAddress(), "-p", Integer.toString(address.getPort()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        DemoNats nats = new DemoNats(shell, address);
        try {
            nats.awaitListening();
            return nats;
        } catch (IOException | RuntimeException e) {
            nats.close();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitListening() throws IOException {
        long startNanos = System.nanoTime();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(address, CONNECT_MILLIS);
                return;
            } catch (IOException e) {
                if (System.nanoTime() - startNanos > START_NANOS) {
                    throw new IOException(PROGRAM + " does not start", e);
                }
            }
            pause();
        }
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** As NATS writes it. */
    public String url() {
        return "nats://" + address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
            if (!shell.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                shell.destroyForcibly();
            }
        } catch (IOException e) {
            shell.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
