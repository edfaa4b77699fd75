package io.sdros.it.http;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connections that never become viewers, on one thread: each is opened as fast as the server takes it, sends what it was
 * given, reads nothing that matters, and stays until the crowd is closed. Whoever is cut stays away.
 */
final class StrangerCrowd implements AutoCloseable {

    private static final int CONNECTING_AT_ONCE = 256;
    private static final Duration LOOK = Duration.ofMillis(10);

    private final InetSocketAddress server;
    private final List<InetSocketAddress> from;
    private final byte[] opening;
    private final boolean reads;
    private final int size;
    private final Selector selector;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger connected = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final ByteBuffer sink = ByteBuffer.allocateDirect(64 * 1024);
    private final Thread thread = new Thread(this::run, "strangers");
    private int connecting;

    private StrangerCrowd(int port, int size, byte[] opening, boolean reads, List<String> addresses) throws IOException {
        server = new InetSocketAddress("127.0.0.1", port);
        from = addresses.stream().map(address -> new InetSocketAddress(address, 0)).toList();
        this.size = size;
        this.opening = opening;
        this.reads = reads;
        selector = Selector.open();
        thread.setDaemon(true);
    }

    /**
     * Begins to connect.
     *
     * @param opening   what each sends, and nothing after it
     * @param reads     whether they fetch what the server answers, and so notice their end
     * @param addresses where they come from, in turn: any within 127.0.0.0/8
     */
    static StrangerCrowd start(int port, int size, byte[] opening, boolean reads, List<String> addresses) {
        try {
            StrangerCrowd crowd = new StrangerCrowd(port, size, opening, reads, addresses);
            crowd.thread.start();
            return crowd;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until every one of them has been let in by the kernel once, or turned away. */
    StrangerCrowd awaitHere(Duration deadline) {
        Await.until(size + " strangers are here", deadline, () -> connected.get() + ended.get() >= size);
        return this;
    }

    int connected() {
        return connected.get();
    }

    /** How many have been cut; of those that read. */
    int ended() {
        return ended.get();
    }

    private void run() {
        try {
            while (!stopped.get()) {
                while (begun.get() < size && connecting < CONNECTING_AT_ONCE) {
                    open();
                }
                selector.select(this::ready, LOOK.toMillis());
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void open() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.bind(from.get(begun.getAndIncrement() % from.size()));
        connecting++;
        channel.connect(server);
        channel.register(selector, SelectionKey.OP_CONNECT, ByteBuffer.wrap(opening));
    }

    private void ready(SelectionKey key) {
        SocketChannel channel = (SocketChannel) key.channel();
        ByteBuffer rest = (ByteBuffer) key.attachment();
        try {
            if (key.isConnectable()) {
                connecting--;
                channel.finishConnect();
                connected.incrementAndGet();
            }
            if (rest.hasRemaining()) {
                channel.write(rest);
            }
            if (key.isReadable()) {
                while (channel.read(sink.clear()) > 0) {
                    // What it says is of no interest.
                }
                if (channel.read(sink.clear()) < 0) {
                    throw new IOException("cut");
                }
            }
            key.interestOps((rest.hasRemaining() ? SelectionKey.OP_WRITE : 0) | (reads ? SelectionKey.OP_READ : 0));
        } catch (IOException e) {
            ended.incrementAndGet();
            close(channel);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stopped.set(true);
        selector.wakeup();
        try {
            thread.join(Deadlines.SOON.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
