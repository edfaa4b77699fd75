package io.sdros.it.support;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A client of the stream on a bare socket, which takes a message only when it is asked for one: until then the server
 * finds its way blocked. Not for more than one thread.
 */
public final class RawStream implements AutoCloseable {

    private static final int BINARY_FINAL = 0x82;
    private static final byte VIDEO = 0x01;
    // With a mask of zeros.
    private static final byte[] PONG = {(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0};
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    private final Socket socket = new Socket();
    private final long connectNanos = System.nanoTime();
    private final DataInputStream input;

    /** One message, and when its first and its last byte were taken from the socket. */
    public record Taken(byte[] bytes, long firstByteNanos, long lastByteNanos) {

        public boolean video() {
            return bytes[0] == VIDEO;
        }

        public VideoFrame frame() {
            return WsRecorder.frame(new WsRecorder.Received(bytes, lastByteNanos));
        }

        public TelemetrySample telemetry() {
            return TelemetrySample.decode(ByteBuffer.wrap(bytes, 1, bytes.length - 1));
        }
    }

    private RawStream(int port, int receiveBufferBytes) throws IOException {
        // Before the connection, or the kernel has promised more already.
        socket.setReceiveBufferSize(receiveBufferBytes);
        socket.setSoTimeout((int) Deadlines.SOON.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        input = new DataInputStream(socket.getInputStream());
    }

    public static RawStream connect(ServerProcess server, int receiveBufferBytes) {
        try {
            RawStream stream = new RawStream(server.port(), receiveBufferBytes);
            stream.handshake();
            return stream;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void handshake() throws IOException {
        socket.getOutputStream().write(("GET /stream/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) input.readUnsignedByte());
        }
        if (!head.toString().startsWith("HTTP/1.1 101 ")) {
            throw new AssertionError("no upgrade: " + head);
        }
    }

    /** When the connection was begun, before the TCP handshake. */
    public long connectNanos() {
        return connectNanos;
    }

    /** Sends bytes as they are: frames, or what is none. */
    public RawStream send(int... bytes) {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        try {
            socket.getOutputStream().write(raw);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes the next message; the server's pings are passed over and not answered. */
    public Taken take() {
        return take(input);
    }

    /** As above, at a bounded rate. */
    public Taken take(long bytesPerSecond) {
        return take(new DataInputStream(new Throttle(input, bytesPerSecond)));
    }

    /** A sign of life: without any the server ends the connection after a while. Any thread. */
    public void pong() {
        try {
            socket.getOutputStream().write(PONG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What comes from the server, for one who brings it here in a way of its own: see {@link #take(DataInputStream)}. */
    public InputStream input() {
        return input;
    }

    public Taken takeVideo() {
        Taken message = take();
        while (!message.video()) {
            message = take();
        }
        return message;
    }

    /** Takes the next message from something that was made of {@link #input}. */
    public static Taken take(DataInputStream from) {
        try {
            while (true) {
                int first = from.readUnsignedByte();
                long firstByteNanos = System.nanoTime();
                byte[] message = new byte[length(from)];
                from.readFully(message);
                if (first == BINARY_FINAL) {
                    return new Taken(message, firstByteNanos, System.nanoTime());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int length(DataInputStream from) throws IOException {
        int length = from.readUnsignedByte();
        if (length == LENGTH_16) {
            return from.readUnsignedShort();
        }
        return length == LENGTH_64 ? Math.toIntExact(from.readLong()) : length;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A narrow way: what is read takes its time. */
    private static final class Throttle extends InputStream {

        private static final int PIECE_BYTES = 8 * 1024;
        private static final double NANOS_PER_SECOND = 1e9;

        private final InputStream source;
        private final long bytesPerSecond;

        Throttle(InputStream source, long bytesPerSecond) {
            this.source = source;
            this.bytesPerSecond = bytesPerSecond;
        }

        @Override
        public int read() throws IOException {
            return source.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = source.read(target, offset, Math.min(length, PIECE_BYTES));
            Await.pause((long) (count * NANOS_PER_SECOND / bytesPerSecond));
            return count;
        }
    }
}
