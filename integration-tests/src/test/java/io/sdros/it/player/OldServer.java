package io.sdros.it.player;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A way to a local server on which no offer of a subprotocol gets through: the server is then one that knows none. Each
 * connection has one request, since the answers say that it is closed behind them.
 */
final class OldServer implements AutoCloseable {

    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final String OFFER = "(?i)\r\nSec-WebSocket-Protocol:[^\r]*";
    private static final String KEPT_ALIVE = "(?i)\r\nConnection: keep-alive";
    private static final int MOST_HEAD_BYTES = 16 * 1024;

    private final int target;
    private final ServerSocket listener;
    private final AtomicInteger offers = new AtomicInteger();
    private final List<Socket> all = new CopyOnWriteArrayList<>();

    private OldServer(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    static OldServer before(int port) {
        try {
            OldServer server = new OldServer(port);
            start(server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How many requests offered a subprotocol. */
    int offers() {
        return offers.get();
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                all.add(client);
                start(() -> pass(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void pass(Socket client) {
        try (client; Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            all.add(server);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            String asked = head(client.getInputStream());
            String passed = asked.replaceAll(OFFER, "");
            if (!passed.equals(asked)) {
                offers.incrementAndGet();
            }
            server.getOutputStream().write(passed.replaceAll(KEPT_ALIVE, "\r\nConnection: close").getBytes(StandardCharsets.ISO_8859_1));
            start(() -> pump(client, server));
            server.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            return; // one of the two has gone
        }
    }

    private static void pump(Socket from, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            from.getInputStream().transferTo(out);
            to.shutdownOutput();
        } catch (IOException e) {
            return; // one of the two has gone
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && read.size() < MOST_HEAD_BYTES; next = in.read()) {
            read.write(next);
            if (next == '\n' && read.toString(StandardCharsets.ISO_8859_1).endsWith(END_OF_HEAD)) {
                break;
            }
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "old-server");
        thread.setDaemon(true);
        thread.start();
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
