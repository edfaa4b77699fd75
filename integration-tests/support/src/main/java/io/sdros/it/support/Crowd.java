package io.sdros.it.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Many viewers of the stream on one thread, which come and go and read or do not. All methods are for any thread. */
public final class Crowd implements AutoCloseable {

    private static final int READ_BYTES = 256 * 1024;
    private static final long SELECT_MILLIS = 100;
    // A pong with a mask of zeros; none of the server's pings carries anything.
    private static final byte[] PONG = {(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0};

    private final int port;
    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    private volatile boolean stopped;
    private final Thread thread = new Thread(this::run, "crowd");

    private Crowd(int port) throws IOException {
        this.port = port;
        selector = Selector.open();
        thread.setDaemon(true);
        thread.start();
    }

    public static Crowd of(ServerProcess server) {
        try {
            return new Crowd(server.port());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins to connect and returns at once. */
    public CrowdViewer join() {
        return join(CrowdViewer.KERNELS_CHOICE);
    }

    /** As above, with a receive buffer of the socket's; it bounds what is on its way to one who does not read. */
    public CrowdViewer join(int receiveBufferBytes) {
        CrowdViewer viewer = new CrowdViewer(this);
        execute(() -> viewer.connect(port, receiveBufferBytes));
        return viewer;
    }

    /** Connects so many, and returns when the server has accepted them all. */
    public List<CrowdViewer> joinAll(int viewers, int receiveBufferBytes) {
        List<CrowdViewer> joined = Stream.generate(() -> join(receiveBufferBytes)).limit(viewers).toList();
        awaitAll(joined, "are connected", CrowdViewer::opened);
        return joined;
    }

    /** Returns when something is true of each. */
    public static void awaitAll(List<CrowdViewer> viewers, String what, Predicate<CrowdViewer> condition) {
        Await.until("all of " + viewers.size() + " " + what, Deadlines.START, () -> viewers.stream().allMatch(condition));
    }

    public static void pong(SocketChannel channel) {
        try {
            channel.write(ByteBuffer.wrap(PONG));
        } catch (IOException e) {
            // The next read tells.
            return;
        }
    }

    /** On the crowd's thread, soon. */
    void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    public Selector selector() {
        return selector;
    }

    /** The crowd's thread only. */
    ByteBuffer buffer() {
        return buffer.clear();
    }

    private void run() {
        try (selector) {
            while (!stopped) {
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                selector.select(key -> ((CrowdViewer) key.attachment()).ready(key), SELECT_MILLIS);
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stopped = true;
        selector.wakeup();
        try {
            thread.join(Deadlines.SOON.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
