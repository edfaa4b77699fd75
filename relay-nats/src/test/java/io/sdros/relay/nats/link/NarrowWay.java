package io.sdros.relay.nats.link;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A way to a server of this machine, each connection over which carries so many bytes a second to it, and any number back. */
final class NarrowWay implements AutoCloseable {

    private static final int PIECES_PER_SECOND = 50;

    private final ServerSocket door;
    private final int serverPort;
    private final int bytesPerSecond;
    private final List<Closeable> opened = new CopyOnWriteArrayList<>();

    private NarrowWay(ServerSocket door, int serverPort, int bytesPerSecond) {
        this.door = door;
        this.serverPort = serverPort;
        this.bytesPerSecond = bytesPerSecond;
    }

    static NarrowWay to(String serverUrl, int bytesPerSecond) {
        try {
            ServerSocket door = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
            NarrowWay way = new NarrowWay(door, URI.create(serverUrl).getPort(), bytesPerSecond);
            way.opened.add(way.door);
            inBackground(way::accept);
            return way;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "nats://127.0.0.1:" + door.getLocalPort();
    }

    private void accept() throws IOException {
        while (!door.isClosed()) {
            Socket client = door.accept();
            opened.add(client);
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            opened.add(server);
            inBackground(() -> carry(client, server, TimeUnit.SECONDS.toNanos(1) / PIECES_PER_SECOND));
            inBackground(() -> carry(server, client, 0));
        }
    }

    private void carry(Socket from, Socket to, long pauseNanos) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] piece = new byte[bytesPerSecond / PIECES_PER_SECOND];
        try {
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                long dueNanos = System.nanoTime() + pauseNanos;
                out.write(piece, 0, length);
                while (System.nanoTime() - dueNanos < 0) {
                    LockSupport.parkNanos(dueNanos - System.nanoTime());
                }
            }
        } finally {
            from.close();
            to.close();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void inBackground(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                return; // one of the two ends has gone
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        for (Closeable each : opened) {
            try {
                each.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
