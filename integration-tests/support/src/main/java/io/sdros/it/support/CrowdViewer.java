package io.sdros.it.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One of a {@link Crowd}: keeps the numbers of the frames it gets, and whether each could be decoded. What it has seen
 * may be asked for by any thread; one thread at a time tells it what to do.
 */
public final class CrowdViewer implements MessageScanner.Sink {

    /** For the size of a socket's buffer. */
    public static final int KERNELS_CHOICE = 0;

    /** How to go. */
    public enum Departure {
        /** With a close frame. */
        POLITE,
        /** The connection is ended. */
        SILENT,
        /** The connection is reset. */
        RESET
    }

    private static final byte[] HANDSHAKE = ("GET /stream/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    private static final String END_OF_HEAD = "\r\n\r\n";
    // 1000, with a mask of zeros.
    private static final byte[] GOOD_BYE = {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xE8};

    private final Crowd crowd;
    private final MessageScanner messages = new MessageScanner(this);
    private final StringBuilder answer = new StringBuilder();
    private SocketChannel channel;
    private SelectionKey key;
    private boolean reading = true;

    // Written by the crowd's thread only.
    private volatile boolean opened;
    private volatile boolean ended;
    private volatile int closeCode;
    private volatile long videoMessages;
    private volatile long keyframes;
    private volatile long framesMissed;
    private volatile long undecodable;
    private volatile long lastSeq;

    CrowdViewer(Crowd crowd) {
        this.crowd = crowd;
    }

    /** The server has accepted the handshake. */
    public boolean opened() {
        return opened;
    }

    /** The connection is over, by whichever side. */
    public boolean ended() {
        return ended;
    }

    /** From the server's close frame; 0 before. */
    public int closeCode() {
        return closeCode;
    }

    public long videoMessages() {
        return videoMessages;
    }

    public long keyframes() {
        return keyframes;
    }

    /** Frames, by their numbers, between those that came. */
    public long framesMissed() {
        return framesMissed;
    }

    /** Messages that a decoder could not use: not keyframes, though first or after a gap, or not in order. */
    public long undecodable() {
        return undecodable;
    }

    /** The frame_seq of the last frame; 0 before. */
    public long lastSeq() {
        return lastSeq;
    }

    /** From soon on nothing is taken out of the socket. */
    public void stopReading() {
        crowd.execute(() -> read(false));
    }

    public void readOn() {
        crowd.execute(() -> read(true));
    }

    public void leave(Departure departure) {
        crowd.execute(() -> end(departure));
    }

    /** The crowd's thread. */
    public void connect(int port, int receiveBufferBytes) {
        try {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            if (receiveBufferBytes != KERNELS_CHOICE) {
                // Before the connection, or the kernel has promised more already.
                channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
            }
            boolean connected = channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            key = channel.register(crowd.selector(), SelectionKey.OP_CONNECT, this);
            if (connected) {
                ready(key);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The crowd's thread. */
    public void ready(SelectionKey readyKey) {
        try {
            if (readyKey.interestOps() == SelectionKey.OP_CONNECT) {
                channel.finishConnect();
                channel.write(ByteBuffer.wrap(HANDSHAKE));
                readyKey.interestOps(SelectionKey.OP_READ);
                return;
            }
            ByteBuffer bytes = crowd.buffer();
            if (channel.read(bytes) < 0) {
                end(Departure.SILENT);
                return;
            }
            bytes.flip();
            while (!opened && bytes.hasRemaining()) {
                handshake((char) bytes.get());
            }
            messages.feed(bytes);
        } catch (IOException e) {
            end(Departure.SILENT);
        }
    }

    private void handshake(char next) {
        answer.append(next);
        if (next == '\n' && answer.toString().endsWith(END_OF_HEAD)) {
            if (!answer.toString().startsWith("HTTP/1.1 101 ")) {
                throw new AssertionError("no upgrade: " + answer);
            }
            opened = true;
            read(reading);
        }
    }

    private void read(boolean on) {
        reading = on;
        if (opened && key.isValid()) {
            key.interestOps(on ? SelectionKey.OP_READ : 0);
        }
    }

    private void end(Departure departure) {
        if (ended) {
            return;
        }
        ended = true;
        try (SocketChannel gone = channel) {
            if (departure == Departure.POLITE && opened) {
                gone.write(ByteBuffer.wrap(GOOD_BYE));
            } else if (departure == Departure.RESET) {
                gone.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            // It is over either way.
            return;
        }
    }

    @Override
    public void video(long frameId, long frameSeq, boolean keyframe) {
        boolean first = videoMessages++ == 0;
        boolean inOrder = first || frameSeq > lastSeq;
        boolean next = !first && frameSeq == lastSeq + 1;
        if (!inOrder || !keyframe && !next) {
            undecodable++;
        }
        if (!first && inOrder) {
            framesMissed += frameSeq - lastSeq - 1;
        }
        if (keyframe) {
            keyframes++;
        }
        lastSeq = frameSeq;
    }

    @Override
    public void ping() {
        Crowd.pong(channel);
    }

    @Override
    public void close(int code) {
        closeCode = code;
    }

    @Override
    public String toString() {
        return videoMessages + " frames to " + lastSeq + ", " + framesMissed + " missed, " + undecodable + " undecodable"
                + (ended ? ", ended" : "");
    }
}
