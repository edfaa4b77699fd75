package io.sdros.it.support;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A peer on a bare socket that sends whatever bytes a test wants, and tells what the server says word by word. Checks of
 * every frame that it is one a server may send. Not for more than one thread at a time in each direction.
 */
public final class RawPeer implements AutoCloseable {

    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    /** RFC 6455 §1.3: the answer to that key. */
    static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    /** A frame as the server sent it. */
    public record Frame(int opcode, byte[] payload) {

        /** For comparing: {@code pong 6162}, {@code close 1002}, {@code close -} without a code. */
        public String said() {
            return switch (opcode) {
                case ClientFrames.PONG -> "pong " + HexFormat.of().formatHex(payload);
                case ClientFrames.PING -> "ping";
                case ClientFrames.CLOSE -> "close " + (payload.length == 0 ? "-" : String.valueOf(closeCode()));
                default -> "message of " + payload.length;
            };
        }

        public int closeCode() {
            return (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
        }

        public VideoFrame video() {
            return WsRecorder.frame(new WsRecorder.Received(payload, 0));
        }
    }

    private final Socket socket = new Socket();
    private final DataInputStream input;

    private RawPeer(int port, InetAddress from, int receiveBufferBytes) throws IOException {
        socket.bind(new InetSocketAddress(from, 0));
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setSoTimeout((int) Deadlines.SOON.toMillis());
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        input = new DataInputStream(socket.getInputStream());
    }

    /** Before the handshake. */
    public static RawPeer dial(ServerProcess server, int receiveBufferBytes) {
        return dial(server.port(), InetAddress.getLoopbackAddress(), receiveBufferBytes);
    }

    /** Before the handshake, as a client that has that address of this machine. */
    public static RawPeer dial(int port, InetAddress from) {
        return dial(port, from, 0);
    }

    private static RawPeer dial(int port, InetAddress from, int receiveBufferBytes) {
        try {
            return new RawPeer(port, from, receiveBufferBytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static RawPeer connect(ServerProcess server) {
        return connect(server, 0);
    }

    /** With the kernel's choice of a receive buffer if it is to be 0 bytes. */
    public static RawPeer connect(ServerProcess server, int receiveBufferBytes) {
        RawPeer peer = dial(server, receiveBufferBytes);
        String head = peer.request(handshake());
        if (!head.startsWith("HTTP/1.1 101 ")) {
            peer.close();
            throw new AssertionError("no upgrade: " + head);
        }
        return peer;
    }

    /** A right handshake, to be bent by the test. */
    public static String handshake() {
        return "GET /stream/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: " + KEY + "\r\nSec-WebSocket-Version: 13\r\n\r\n";
    }

    /** Sends the text and returns the head of the answer. */
    public String request(String text) {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
        try {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) input.readUnsignedByte());
            }
            return head.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public RawPeer send(byte[] bytes) {
        return send(bytes, Math.max(1, bytes.length));
    }

    /** In packets of so many bytes. Stops quietly when the server has ended the connection: the reading shows why. */
    public RawPeer send(byte[] bytes, int packetBytes) {
        try {
            for (int from = 0; from < bytes.length; from += packetBytes) {
                socket.getOutputStream().write(bytes, from, Math.min(packetBytes, bytes.length - from));
            }
        } catch (IOException e) {
            return this;
        }
        return this;
    }

    /** Ends this peer's direction and leaves the other. */
    public RawPeer endSending() {
        try {
            socket.shutdownOutput();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame; fails if there is none. */
    public Frame read() {
        try {
            int first = input.readUnsignedByte();
            if ((first & 0xF0) != 0x80) {
                throw new AssertionError("fragmented, or a reserved bit is set: " + first);
            }
            return new Frame(first & 0x0F, input.readNBytes(payloadBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Frame readVideo() {
        Frame frame = read();
        while (frame.opcode() != ClientFrames.BINARY) {
            frame = read();
        }
        return frame;
    }

    private int payloadBytes() throws IOException {
        int length = input.readUnsignedByte();
        int shortest = 0;
        if (length == 126) {
            length = input.readUnsignedShort();
            shortest = 126;
        } else if (length == 127) {
            length = Math.toIntExact(input.readLong());
            shortest = 65_536;
        } else if (length > 127) {
            throw new AssertionError("masked");
        }
        if (length < shortest) {
            throw new AssertionError("a length of " + length + " in a field that is too long for it");
        }
        return length;
    }

    /** Whether the server has ended its direction in an orderly way, and sent nothing more. */
    public boolean atEnd() {
        try {
            return input.read() < 0;
        } catch (EOFException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
