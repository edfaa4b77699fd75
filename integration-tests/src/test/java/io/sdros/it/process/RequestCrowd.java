package io.sdros.it.process;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connections that each ask the next thing as soon as something of an answer has come, until the server ends them; some of them
 * several things at a time.
 */
final class RequestCrowd implements AutoCloseable {

    private static final List<String> PATHS = List.of("/health", "/metrics", "/stream/ws", "/");
    private static final int MOST_TOGETHER = 3;
    private static final int TURN_BYTES = 64 * 1024;

    private final List<Socket> sockets = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    /** @param count more than the server has I/O threads, so that each always has another request to read */
    static RequestCrowd connect(int port, int count) {
        RequestCrowd crowd = new RequestCrowd();
        try {
            for (int i = 0; i < count; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                crowd.sockets.add(socket);
                String request = "GET " + PATHS.get(i % PATHS.size()) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
                byte[] requests = request.repeat(1 + i / PATHS.size() % MOST_TOGETHER).getBytes(StandardCharsets.US_ASCII);
                Thread thread = new Thread(() -> crowd.ask(socket, requests), "request-crowd-" + i);
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return crowd;
    }

    private void ask(Socket socket, byte[] requests) {
        byte[] buffer = new byte[TURN_BYTES];
        try {
            do {
                socket.getOutputStream().write(requests);
                asked.incrementAndGet();
            } while (socket.getInputStream().read(buffer) >= 0);
        } catch (IOException e) {
            return; // a reset, as the answer to what was asked too late
        } finally {
            ended.incrementAndGet();
        }
    }

    /** How many times something was sent. */
    int asked() {
        return asked.get();
    }

    void awaitEnd() {
        Await.until("all connections have ended", Deadlines.SOON, () -> ended.get() == sockets.size());
    }

    @Override
    public void close() {
        try {
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
