package io.sdros.transport.undertow;

import io.sdros.transport.undertow.ws.CloseCodes;
import io.sdros.transport.undertow.ws.Opcode;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A WebSocket client that can do everything wrong: plain socket, bytes as the test wants them. */
final class RawClient implements AutoCloseable {

    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    private static final int READ_TIMEOUT_MILLIS = 20_000;

    /** A frame from the server. */
    record Frame(int firstByte, byte[] payload) {

        int opcode() {
            return firstByte & 0x0F;
        }

        int closeCode() {
            return payload.length == 0 ? CloseCodes.NO_STATUS : (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
        }
    }

    final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    static RawClient connect(InetSocketAddress address) throws IOException {
        return new RawClient(new Socket(address.getAddress(), address.getPort()));
    }

    /** With a receive window that a few frames fill. */
    static RawClient connectWithSmallWindow(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(address);
        return new RawClient(socket);
    }

    static RawClient upgraded(InetSocketAddress address) throws IOException {
        return connect(address).upgrade();
    }

    static String handshake(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: " + KEY + "\r\nSec-WebSocket-Version: 13\r\n\r\n";
    }

    RawClient upgrade() throws IOException {
        return upgrade("/stream/ws");
    }

    RawClient upgrade(String path) throws IOException {
        send(handshake(path));
        String head = readHead();
        if (!head.startsWith("HTTP/1.1 101 ")) {
            throw new AssertionError("No upgrade: " + head);
        }
        return this;
    }

    /** Offers subprotocols; returns the head of the answer. */
    String offer(String subprotocols) throws IOException {
        send(handshake("/stream/ws").replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: " + subprotocols + "\r\n\r\n"));
        return readHead();
    }

    /** With the subprotocol of that name. */
    static RawClient speakingSdr2(InetSocketAddress address) throws IOException {
        RawClient client = connect(address);
        String head = client.offer("sdr.2");
        if (!head.contains("\r\nSec-WebSocket-Protocol: sdr.2\r\n")) {
            throw new AssertionError("Not selected: " + head);
        }
        return client;
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    RawClient sendHex(String hex) throws IOException {
        return send(Bytes.hex(hex));
    }

    /** Everything up to and including the empty line. */
    String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    String readBody(int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** So many bytes of whatever frames come. */
    byte[] readBytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        in.readFully(bytes);
        return bytes;
    }

    Frame readFrame() throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        if ((second & 0x80) != 0) {
            throw new AssertionError("A server's frames are not masked");
        }
        long length = switch (second) {
            case 126 -> in.readUnsignedShort();
            case 127 -> in.readLong();
            default -> second;
        };
        byte[] payload = new byte[(int) length];
        in.readFully(payload);
        return new Frame(first, payload);
    }

    /** Skips what comes before the close frame. */
    Frame readUntilClose() throws IOException {
        Frame frame = readFrame();
        while (frame.opcode() != Opcode.CLOSE.code()) {
            frame = readFrame();
        }
        return frame;
    }

    /** Whether the server has ended its direction and sent nothing more. */
    boolean atEnd() throws IOException {
        return in.read() < 0;
    }

    /** Reads until the connection ends in either way; whole frames only count as read. */
    int countFramesUntilEnd() throws IOException {
        int frames = 0;
        try {
            while (true) {
                readFrame();
                frames++;
            }
        } catch (EOFException | SocketException e) {
            return frames;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
