package io.sdros.it.load.chaos;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to a port of this machine that can be cut: nothing passes then, neither bytes nor the news that one side has closed,
 * and who connects gets no answer. What was under way is delivered once the way is mended, as TCP does. All methods are for any
 * thread.
 */
final class CuttablePath implements AutoCloseable {

    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int CONNECT_MILLIS = 2_000;
    private static final int BACKLOG = 50;
    /** Behind this a nats-server tells leaf nodes the addresses of all nodes, which would lead around the path. */
    private static final byte[] ADDRESSES = "\"leafnode_urls\":[".getBytes(StandardCharsets.US_ASCII);
    private static final String ADDRESS = "\"127.0.0.1:%d\"";

    private final int targetPort;
    private final ServerSocket listener;
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final Set<Socket> targets = ConcurrentHashMap.newKeySet();
    // Guarded by this.
    private boolean cut;
    private boolean closed;

    private CuttablePath(int targetPort) throws IOException {
        this.targetPort = targetPort;
        listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        start(this::accept, "path-accept");
    }

    static CuttablePath to(int targetPort) {
        try {
            return new CuttablePath(targetPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Whether somebody is connected over it, as far as the target's side is known. */
    boolean used() {
        return !targets.isEmpty();
    }

    synchronized void cut() {
        cut = true;
    }

    synchronized void mend() {
        cut = false;
        notifyAll();
    }

    private synchronized void awaitPassable() throws InterruptedIOException {
        while (cut && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        }
        if (closed) {
            throw new InterruptedIOException();
        }
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                clients.add(client);
                start(() -> connect(client), "path-connect");
            } catch (IOException e) {
                continue; // closed, which the loop sees, or a client that has gone already
            }
        }
    }

    private void connect(Socket client) {
        Socket target = new Socket();
        try {
            awaitPassable();
            target.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            target.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort), CONNECT_MILLIS);
            targets.add(target);
            start(() -> pass(client, target), "path-up");
            pass(target, client);
        } catch (IOException e) {
            drop(client, target);
        }
    }

    private void pass(Socket from, Socket to) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            for (int count = from.getInputStream().read(chunk); count >= 0; count = from.getInputStream().read(chunk)) {
                awaitPassable();
                if (targets.contains(from)) {
                    hideAddresses(chunk, count);
                }
                to.getOutputStream().write(chunk, 0, count);
            }
            awaitPassable();
            drop(from, to);
        } catch (IOException e) {
            dropWhenPassable(from, to);
        }
    }

    /** Makes all addresses this path's, which leaf nodes know; they come in the first bytes, and in one piece. */
    private void hideAddresses(byte[] chunk, int count) {
        byte[] own = String.format(Locale.ROOT, ADDRESS, port()).getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at + ADDRESSES.length <= count; at++) {
            if (Arrays.equals(chunk, at, at + ADDRESSES.length, ADDRESSES, 0, ADDRESSES.length)) {
                // Ephemeral ports have five digits, all of them.
                for (int address = at + ADDRESSES.length; chunk[address] == '"'; address += own.length + 1) {
                    System.arraycopy(own, 0, chunk, address, own.length);
                }
            }
        }
    }

    private void dropWhenPassable(Socket one, Socket other) {
        try {
            awaitPassable();
        } catch (InterruptedIOException e) {
            Thread.currentThread().interrupt(); // the path is closed, and everything goes
        }
        drop(one, other);
    }

    private void drop(Socket... sockets) {
        for (Socket socket : sockets) {
            clients.remove(socket);
            targets.remove(socket);
            try {
                socket.close();
            } catch (IOException e) {
                continue; // it is gone either way
            }
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            drop(clients.toArray(Socket[]::new));
            drop(targets.toArray(Socket[]::new));
        }
    }
}
