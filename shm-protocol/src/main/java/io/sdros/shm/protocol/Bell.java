package io.sdros.shm.protocol;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A producer's bell. Readers are let in and rung for in {@link #ring}, which never waits: a full socket is one whose
 * reader has not come to read it, which it will.
 *
 * <p>For one thread. What goes wrong with a reader ends its connection, what goes wrong with the socket is tried
 * again with a later ring; neither is an error of the frame that is rung for.
 */
final class Bell implements AutoCloseable {

    private static final int FILE_TYPE = 0_170000;
    private static final int SOCKET = 0_140000;
    /** Newcomers per ring: somebody who only comes and goes must not hold up the producer. */
    private static final int MAX_ACCEPTED_PER_RING = 4;

    private static final class Reader {

        private final SocketChannel channel;
        /** Whether the last byte found no room. */
        private boolean full;

        Reader(SocketChannel channel) {
            this.channel = channel;
        }
    }

    private final UnixDomainSocketAddress address;
    private final ServerSocketChannel server;
    private final Object fileKey;
    private final List<Reader> readers = new ArrayList<>();
    private final ByteBuffer oneByte = ByteBuffer.allocateDirect(1);

    private Bell(UnixDomainSocketAddress address, ServerSocketChannel server) throws IOException {
        this.address = address;
        this.server = server;
        this.fileKey = key(address.getPath());
    }

    /**
     * Puts the socket in place of one that was left there.
     *
     * @throws IOException if there cannot be one: the folder is not to be written to, or something else is in its place
     */
    static Bell open(UnixDomainSocketAddress address) throws IOException {
        removeOld(address.getPath());
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(address, BellAddress.MAX_READERS);
            // Connecting takes the right to write; the region may be read by anybody who may read it.
            Files.setPosixFilePermissions(address.getPath(), PosixFilePermissions.fromString("rw-rw-rw-"));
            server.configureBlocking(false);
            return new Bell(address, server);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static void removeOld(Path path) throws IOException {
        try {
            if (((int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & FILE_TYPE) == SOCKET) {
                Files.delete(path);
            }
        } catch (NoSuchFileException e) {
            // As it should be.
            return;
        }
    }

    private static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
    }

    /** Whether it can still be rung: an interrupt of the thread in the very moment ends it. */
    boolean isOpen() {
        return server.isOpen();
    }

    /** Wakes all readers. */
    void ring() {
        acceptReaders();
        for (int i = readers.size() - 1; i >= 0; i--) {
            if (!send(readers.get(i))) {
                disconnect(readers.remove(i).channel);
            }
        }
    }

    private void acceptReaders() {
        try {
            for (int i = 0; i < MAX_ACCEPTED_PER_RING; i++) {
                SocketChannel newcomer = server.accept();
                if (newcomer == null) {
                    return;
                }
                if (readers.size() >= BellAddress.MAX_READERS && !disconnectedFullReader()) {
                    disconnect(newcomer);
                } else {
                    newcomer.configureBlocking(false);
                    readers.add(new Reader(newcomer));
                }
            }
        } catch (IOException e) {
            // Out of descriptors, or interrupted. Who waits in the queue is let in with a later ring.
            return;
        }
    }

    /** Who does not read what is sent gives way to who may. */
    private boolean disconnectedFullReader() {
        for (int i = 0; i < readers.size(); i++) {
            if (readers.get(i).full) {
                disconnect(readers.remove(i).channel);
                return true;
            }
        }
        return false;
    }

    private boolean send(Reader reader) {
        try {
            reader.full = reader.channel.write(oneByte.clear()) == 0;
            return true;
        } catch (IOException e) {
            // It is gone.
            return false;
        }
    }

    private static void disconnect(SocketChannel reader) {
        try {
            reader.close();
        } catch (IOException e) {
            // There is nothing more to be done about it.
            return;
        }
    }

    /** How many readers are connected, as far as is known. */
    int readers() {
        return readers.size();
    }

    /** Hangs up on all, and takes the socket away if it is still the one put there. */
    @Override
    public void close() {
        readers.forEach(reader -> disconnect(reader.channel));
        readers.clear();
        try {
            if (Objects.equals(key(address.getPath()), fileKey)) {
                Files.deleteIfExists(address.getPath());
            }
        } catch (IOException e) {
            // Another producer replaces it when it starts.
            return;
        } finally {
            closeServer();
        }
    }

    private void closeServer() {
        try {
            server.close();
        } catch (IOException e) {
            // Nobody can connect to it either way.
            return;
        }
    }
}
