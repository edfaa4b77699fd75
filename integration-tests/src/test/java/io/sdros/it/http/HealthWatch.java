package io.sdros.it.http;

import io.sdros.it.support.Repeat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Asks for /health again and again, each time on a connection of its own, and remembers the slowest answer. */
final class HealthWatch implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int GIVEN_UP_MILLIS = 10_000;

    private final int port;
    private final String from;
    private final SSLContext trust;
    private final AtomicLong slowestNanos = new AtomicLong();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final Repeat repeat;

    private HealthWatch(int port, String from, SSLContext trust) {
        this.port = port;
        this.from = from;
        this.trust = trust;
        repeat = Repeat.every(PAUSE, this::ask);
    }

    /** Over plain HTTP, from that address. */
    static HealthWatch plain(int port, String from) {
        return new HealthWatch(port, from, null);
    }

    static HealthWatch tls(int port, String from, SSLContext trust) {
        return new HealthWatch(port, from, trust);
    }

    private void ask() {
        long begunNanos = System.nanoTime();
        try (Socket socket = connect()) {
            socket.getOutputStream().write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            String head = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            (head.equals("HTTP/1.1 200") ? answers : failures).incrementAndGet();
        } catch (IOException e) {
            failures.incrementAndGet();
        }
        slowestNanos.accumulateAndGet(System.nanoTime() - begunNanos, Math::max);
    }

    private Socket connect() throws IOException {
        Socket socket = SocketFactory.getDefault().createSocket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.setSoTimeout(GIVEN_UP_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), GIVEN_UP_MILLIS);
        if (trust == null) {
            return socket;
        }
        SSLSocket secure = (SSLSocket) trust.getSocketFactory().createSocket(socket, "127.0.0.1", port, true);
        secure.startHandshake();
        return secure;
    }

    /** Since the last call, or the start. */
    Seen seen() {
        return new Seen(from, answers.getAndSet(0), failures.getAndSet(0), Duration.ofNanos(slowestNanos.getAndSet(0)));
    }

    record Seen(String from, int answers, int failures, Duration slowest) {
    }

    @Override
    public void close() {
        repeat.close();
    }
}
