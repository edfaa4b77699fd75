package io.sdros.it.process;

import io.sdros.it.support.Await;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.FrameStreamCheck;
import io.sdros.it.support.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Many clients of the stream on one thread, each on a socket of its own, that read at their own pace, answer pings and
 * the close frame, and keep account of every byte. What they have seen may be asked for once {@link #awaitEnd} is over.
 */
final class SocketCrowd implements AutoCloseable {

    private static final byte[] HANDSHAKE = ("GET /stream/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    // The close code 1001 under a mask of zeros.
    private static final byte[] CLOSE_REPLY = {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xE9};
    private static final int SMALL_RECEIVE_BUFFER_BYTES = 16 * 1024;
    private static final int TURN_BYTES = 64 * 1024;
    private static final long IDLE_NANOS = Duration.ofMillis(1).toNanos();

    /** How fast a client reads; unlimited, or so many bytes per second, or nothing until it is told to. */
    record Pace(long bytesPerSecond) {
        static final Pace UNLIMITED = new Pace(Long.MAX_VALUE);
        static final Pace NOTHING = new Pace(0);
    }

    private final List<Client> clients = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(TURN_BYTES);
    private final AtomicBoolean everybodyReads = new AtomicBoolean();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Thread thread = new Thread(this::run, "socket-crowd");

    private SocketCrowd() {
        thread.setDaemon(true);
    }

    /** Connects one client for each pace, in this order. */
    static SocketCrowd connect(ServerProcess server, List<Pace> paces) {
        SocketCrowd crowd = new SocketCrowd();
        try {
            for (Pace pace : paces) {
                crowd.clients.add(new Client(server.port(), pace));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        crowd.thread.start();
        return crowd;
    }

    List<Client> clients() {
        return clients;
    }

    /** From now on nobody holds back. */
    void letEverybodyRead() {
        everybodyReads.set(true);
    }

    /** Waits until every connection has ended, of those that read at all. */
    void awaitEnd() {
        Await.until("all connections have ended", Deadlines.SOON,
                () -> clients.stream().allMatch(client -> client.ended || !reads(client)));
    }

    private boolean reads(Client client) {
        return everybodyReads.get() || client.pace.bytesPerSecond() > 0;
    }

    private void run() {
        while (!stopped.get()) {
            boolean idle = true;
            for (Client client : clients) {
                if (!client.ended && reads(client)) {
                    idle &= !client.read(buffer, everybodyReads.get());
                }
            }
            if (idle) {
                LockSupport.parkNanos(IDLE_NANOS);
            }
        }
    }

    @Override
    public void close() {
        stopped.set(true);
        try {
            thread.join(Deadlines.SOON.toMillis());
            for (Client client : clients) {
                client.channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One connection. */
    static final class Client {

        private final Pace pace;
        private final SocketChannel channel;
        private final FrameStreamCheck check = new FrameStreamCheck();
        private final long startNanos = System.nanoTime();
        private long bytesRead;
        private volatile long wholeFrames;
        private volatile boolean ended;
        private volatile String failure = "";

        private Client(int port, Pace pace) throws IOException {
            this.pace = pace;
            channel = SocketChannel.open();
            if (pace.bytesPerSecond() < Long.MAX_VALUE) {
                // Before the connection, or the kernel has promised more already.
                channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_RECEIVE_BUFFER_BYTES);
            }
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.write(ByteBuffer.wrap(HANDSHAKE));
            ByteBuffer one = ByteBuffer.allocate(1);
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                if (channel.read(one.clear()) < 0) {
                    throw new IOException("refused: " + head);
                }
                head.append((char) one.get(0));
            }
            if (!head.toString().startsWith("HTTP/1.1 101 ")) {
                throw new AssertionError("no upgrade: " + head);
            }
            channel.configureBlocking(false);
        }

        /** True if there was something. */
        private boolean read(ByteBuffer buffer, boolean unlimited) {
            long allowed = unlimited ? buffer.capacity() : allowedBytes();
            if (allowed <= 0) {
                return false;
            }
            try {
                int count = channel.read(buffer.clear().limit((int) Math.min(allowed, buffer.capacity())));
                if (count < 0) {
                    channel.close();
                    ended = true;
                    return false;
                }
                bytesRead += count;
                boolean closedBefore = check.closed();
                check.feed(buffer.flip());
                wholeFrames = check.binaryFrames();
                if (check.closed() && !closedBefore) {
                    channel.write(ByteBuffer.wrap(CLOSE_REPLY));
                }
                return count > 0;
            } catch (IOException | AssertionError e) {
                failure = e.toString();
                ended = true;
                return false;
            }
        }

        private long allowedBytes() {
            if (pace.bytesPerSecond() == Long.MAX_VALUE) {
                return Long.MAX_VALUE;
            }
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            return (long) (seconds * pace.bytesPerSecond()) - bytesRead;
        }

        Pace pace() {
            return pace;
        }

        /** How many whole binary messages have come in so far; any thread. */
        long wholeFrames() {
            return wholeFrames;
        }

        /** After the end: what the stream was found to be. */
        FrameStreamCheck check() {
            return check;
        }

        /** After the end: why it ended, if not by an orderly close of the connection; else empty. */
        String failure() {
            return failure;
        }

        @Override
        public String toString() {
            return "client at " + pace.bytesPerSecond() + " B/s: " + check.binaryFrames() + " frames, close code "
                    + check.closeCode() + (check.withinFrame() ? ", within a frame" : "") + " " + failure;
        }
    }
}
