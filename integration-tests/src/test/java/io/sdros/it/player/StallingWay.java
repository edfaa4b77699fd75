package io.sdros.it.player;

import io.sdros.it.support.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A way to a local server on which nothing moves for a while and nothing is lost, as TCP has it over a link that is dead for
 * seconds. What waited goes through afterwards at a few Mbit/s, not at once.
 */
final class StallingWay implements AutoCloseable {

    private static final int PIECE_BYTES = 1400;
    /** For 1400 bytes: 2.2 Mbit/s. */
    private static final long PIECE_NANOS = 5_000_000;
    private static final long SLOW_NANOS = 1_500_000_000;

    private final int target;
    private final ServerSocket listener;
    private final List<Socket> all = new CopyOnWriteArrayList<>();
    private volatile boolean stalled;
    private volatile long releasedNanos = System.nanoTime() - SLOW_NANOS;

    private StallingWay(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("stalling-way", () -> {
            while (true) {
                pass(listener.accept());
            }
        });
    }

    static StallingWay before(int port) {
        try {
            return new StallingWay(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    void stall() {
        stalled = true;
    }

    void release() {
        releasedNanos = System.nanoTime();
        stalled = false;
    }

    private interface Work {
        void run() throws IOException;
    }

    /** Ends with the first exception: the socket is closed then. */
    private static void start(String name, Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // Closed, by one of both sides or at the end of the test.
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void pass(Socket client) throws IOException {
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        for (Socket socket : List.of(client, server)) {
            socket.setTcpNoDelay(true);
            all.add(socket);
        }
        start("stalling-way-down", () -> pump(server, client));
        start("stalling-way-up", () -> pump(client, server));
    }

    private void pump(Socket from, Socket to) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                while (stalled) {
                    Await.pause(PIECE_NANOS);
                }
                if (System.nanoTime() - releasedNanos < SLOW_NANOS) {
                    Await.pause(PIECE_NANOS);
                }
                out.write(piece, 0, count);
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : all) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
