package io.sdros.it.load;

import io.sdros.it.support.Crowd;
import io.sdros.it.support.Deadlines;
import io.sdros.it.support.MessageScanner;
import io.sdros.it.support.Sdr2;
import io.sdros.it.support.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Many clients of the stream on one thread, which take everything at once and keep how old each video message is: a
 * frame's {@code frame_id} is the {@link System#nanoTime} of its commit by this same process.
 */
final class StreamLoad implements AutoCloseable {

    private static final int READ_BYTES = 256 * 1024;
    private static final long SELECT_MILLIS = 100;
    private static final long SPEAK_MILLIS = 2;
    private static final long FEEDBACK_NANOS = 200_000_000;
    private static final int FEEDBACKS_PER_CLOCK = 10;
    /** Binary, final, masked with zeros. */
    private static final byte BINARY = (byte) 0x82;
    private static final int MASKED = 0x80;
    private static final int MASKED_HEADER_BYTES = 6;

    private final Selector selector;
    private final List<Client> clients = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    private final Thread thread = new Thread(this::run, "stream-load");
    private final List<Client> speaking = new ArrayList<>();
    /** The thread's: when the next of them is to speak, and how often one has. */
    private long dueNanos;
    private long spoken;

    // Guarded by this.
    private long[] ages = new long[1 << 16];
    private int videoMessages;
    private long telemetryMessages;
    private long closedConnections;

    /** What came in over a time; ages in ascending order. */
    record Taken(long[] agesNanos, long telemetryMessages, long closedConnections) {

        double ageMillis(double quantile) {
            return agesNanos[(int) Math.ceil(quantile * agesNanos.length) - 1] / 1e6;
        }
    }

    private StreamLoad() throws IOException {
        selector = Selector.open();
        thread.setDaemon(true);
    }

    static StreamLoad connect(ServerProcess server, int clients) {
        return connect(server, List.of("/stream/ws"), clients);
    }

    /** So many clients of each path. */
    static StreamLoad connect(ServerProcess server, List<String> paths, int clientsEach) {
        return connect(server, paths, clientsEach, 0, false);
    }

    /**
     * So many clients of which a part speaks sdr.2.
     *
     * @param share    of them, 0 to 1
     * @param feedback whether these say what they have five times a second, and ask for the time every two seconds, as the page does
     */
    static StreamLoad mixed(ServerProcess server, int clients, double share, boolean feedback) {
        return connect(server, List.of("/stream/ws"), clients, share, feedback);
    }

    private static StreamLoad connect(ServerProcess server, List<String> paths, int clientsEach, double share, boolean feedback) {
        try {
            StreamLoad load = new StreamLoad();
            for (int i = 0; i < paths.size() * clientsEach; i++) {
                int pair = i / 2; // of neighbours, whom a server with two I/O threads may give one each
                boolean sdr2 = Math.floor((pair + 1) * share) > Math.floor(pair * share);
                Client client = load.new Client(server.port(), paths.get(i % paths.size()), sdr2);
                if (sdr2 && feedback) {
                    load.speaking.add(client);
                }
                load.clients.add(client);
                client.channel.register(load.selector, SelectionKey.OP_READ, client);
            }
            load.thread.start();
            return load;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What came in since the last call. */
    synchronized Taken take() {
        long[] sorted = Arrays.copyOf(ages, videoMessages);
        Arrays.sort(sorted);
        Taken taken = new Taken(sorted, telemetryMessages, closedConnections);
        videoMessages = 0;
        telemetryMessages = 0;
        return taken;
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                selector.select(key -> ((Client) key.attachment()).read(key), speaking.isEmpty() ? SELECT_MILLIS : SPEAK_MILLIS);
                speak(System.nanoTime());
            }
        } catch (IOException | RuntimeException e) {
            if (selector.isOpen()) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** One after the other, so that they are as far apart as clients are that know nothing of each other. */
    private void speak(long nowNanos) {
        if (speaking.isEmpty()) {
            return;
        }
        long everyNanos = FEEDBACK_NANOS / speaking.size();
        if (nowNanos - dueNanos > FEEDBACK_NANOS) {
            dueNanos = nowNanos; // at first, and after this thread was not run
        }
        for (; nowNanos - dueNanos >= 0; dueNanos += everyNanos) {
            speaking.get((int) (spoken % speaking.size())).speak(spoken / speaking.size() % FEEDBACKS_PER_CLOCK == 0);
            spoken++;
        }
    }

    private synchronized void video(long ageNanos) {
        if (videoMessages == ages.length) {
            ages = Arrays.copyOf(ages, 2 * ages.length);
        }
        ages[videoMessages++] = ageNanos;
    }

    private synchronized void telemetry() {
        telemetryMessages++;
    }

    private synchronized void closed() {
        closedConnections++;
    }

    @Override
    public void close() {
        try {
            selector.close();
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

    private final class Client implements MessageScanner.Sink {

        private final SocketChannel channel;
        private final MessageScanner messages = new MessageScanner(this);
        private long newestSeq;
        private long newestNanos;

        Client(int port, String path, boolean sdr2) throws IOException {
            channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.write(ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                    + "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                    + "Sec-WebSocket-Version: 13\r\n" + (sdr2 ? "Sec-WebSocket-Protocol: sdr.2\r\n" : "") + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer one = ByteBuffer.allocate(1);
            StringBuilder answer = new StringBuilder();
            while (answer.indexOf("\r\n\r\n") < 0) {
                if (channel.read(one.clear()) < 0) {
                    throw new IOException("refused: " + answer);
                }
                answer.append((char) one.get(0));
            }
            if (sdr2 && answer.indexOf("Sec-WebSocket-Protocol: sdr.2") < 0) {
                throw new IOException("not selected: " + answer);
            }
            channel.configureBlocking(false);
        }

        void read(SelectionKey key) {
            try {
                int count = channel.read(buffer.clear());
                if (count < 0) {
                    throw new IOException("the server closed the connection");
                }
                messages.feed(buffer.flip());
            } catch (IOException e) {
                closed();
                key.cancel();
            }
        }

        @Override
        public void video(long frameId, long frameSeq, boolean keyframe) {
            newestSeq = frameSeq;
            newestNanos = System.nanoTime();
            StreamLoad.this.video(newestNanos - frameId);
        }

        /** Its clock is the server's. */
        void speak(boolean askTime) {
            try {
                if (askTime) {
                    send(Sdr2.clock(System.nanoTime()));
                }
                send(Sdr2.feedback(Sdr2.PLAYING, newestSeq, newestNanos, newestSeq, newestNanos));
            } catch (IOException e) {
                // The next read tells.
                return;
            }
        }

        private void send(ByteBuffer message) throws IOException {
            ByteBuffer frame = ByteBuffer.allocate(MASKED_HEADER_BYTES + message.remaining());
            channel.write(frame.put(BINARY).put((byte) (MASKED | message.remaining())).putInt(0).put(message).flip());
        }

        @Override
        public void telemetry() {
            StreamLoad.this.telemetry();
        }

        @Override
        public void ping() {
            Crowd.pong(channel);
        }
    }
}
