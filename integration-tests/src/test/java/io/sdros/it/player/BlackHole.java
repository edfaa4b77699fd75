package io.sdros.it.player;

import io.sdros.it.support.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A way to a local server that can swallow everything without a word, as a network does whose cable was pulled somewhere
 * far away: nothing is closed, nothing refused, and attempts to connect are not answered. What was connected before or
 * meanwhile stays dead when the way is open again.
 */
final class BlackHole implements AutoCloseable {

    private static final int BACKLOG = 1;
    private static final int POLL_MILLIS = 5;
    private static final int PIECE_BYTES = 16 * 1024;

    private final int target;
    private final ServerSocket listener;
    private final List<AutoCloseable> all = new CopyOnWriteArrayList<>();
    private final List<Socket> fillers = new ArrayList<>();
    private final Thread thread;
    private volatile boolean cut;
    private volatile int era;
    private volatile boolean closed;

    private BlackHole(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(POLL_MILLIS);
        this.thread = new Thread(this::accept, "black-hole");
        thread.setDaemon(true);
    }

    static BlackHole before(int port) {
        try {
            BlackHole hole = new BlackHole(port);
            hole.thread.start();
            return hole;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    void cut() {
        cut = true;
        era++;
        // Linux answers no attempt to connect while as many as fit wait to be accepted.
        for (int i = 0; i <= BACKLOG; i++) {
            try {
                Socket filler = new Socket();
                fillers.add(filler);
                filler.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), 1000);
            } catch (SocketTimeoutException e) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    void open() {
        cut = false;
    }

    private void accept() {
        boolean wasCut = false;
        while (!closed) {
            if (cut) {
                wasCut = true;
                Await.pause(POLL_MILLIS * 1_000_000L);
                continue;
            }
            try {
                Socket client = listener.accept();
                all.add(client);
                // What waited when the way was opened had been connected before.
                if (!wasCut) {
                    pass(client);
                }
            } catch (SocketTimeoutException e) {
                wasCut = false;
            } catch (IOException e) {
                if (closed) {
                    return;
                }
            }
        }
    }

    private void pass(Socket client) throws IOException {
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        all.add(server);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        int current = era;
        pump(client, server, current);
        pump(server, client, current);
    }

    private void pump(Socket from, Socket to, int current) {
        Thread pump = new Thread(() -> {
            byte[] piece = new byte[PIECE_BYTES];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int count = in.read(piece); count >= 0 && current == era; count = in.read(piece)) {
                    out.write(piece, 0, count);
                }
                if (current == era) {
                    to.shutdownOutput();
                }
            } catch (IOException e) {
                closeQuietly(current == era ? to : null);
            }
        }, "black-hole-pump");
        pump.setDaemon(true);
        pump.start();
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        closeQuietly(listener);
        all.forEach(BlackHole::closeQuietly);
        fillers.forEach(BlackHole::closeQuietly);
    }
}
