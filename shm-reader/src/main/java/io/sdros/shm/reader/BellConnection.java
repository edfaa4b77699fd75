package io.sdros.shm.reader;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.function.Consumer;

/** A connection to the bell, and the selector to wait for it in. For one thread, but for {@link #wakeUp}. */
final class BellConnection implements AutoCloseable {

    /** What was received. */
    enum Received { NOTHING, RING, CLOSED }

    private static final long NANOS_PER_MILLI = 1_000_000;
    /** Everything that can have rung between two looks, at a frame every four milliseconds. */
    private static final int DRAIN_BYTES = 512;
    /** More than fits into a socket in single bytes; whoever sends so much is not ringing. */
    private static final int MAX_DRAINS = 4;
    private static final Consumer<SelectionKey> IGNORE = key -> { };

    private final Optional<UnixDomainSocketAddress> address;
    private final ByteBuffer rings = ByteBuffer.allocateDirect(DRAIN_BYTES);
    private volatile Optional<Selector> selector = Optional.empty();
    private Optional<SocketChannel> channel = Optional.empty();

    /** Without an address there is nothing to connect to. */
    BellConnection(Optional<UnixDomainSocketAddress> address) {
        this.address = address;
    }

    /** Whether somebody answered. Does not wait. */
    boolean connect() {
        disconnect();
        if (address.isEmpty()) {
            return false;
        }
        try {
            SocketChannel opened = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel = Optional.of(opened);
            opened.configureBlocking(false);
            if (opened.connect(address.get())) {
                if (selector.isEmpty()) {
                    selector = Optional.of(Selector.open());
                }
                opened.register(selector.get(), SelectionKey.OP_READ);
                return true;
            }
        } catch (IOException | UnsupportedOperationException e) {
            // No socket, nobody behind it, or no right to it. It is a hint; there is polling.
            disconnect();
            return false;
        }
        disconnect();
        return false;
    }

    /**
     * Waits until there is something to {@link #take}, for that long at most, or until {@link #wakeUp} or an interrupt.
     *
     * @return whether there is
     */
    boolean await(long nanos) {
        try {
            return selector.orElseThrow().select(IGNORE, Math.max(1, nanos / NANOS_PER_MILLI)) > 0;
        } catch (IOException e) {
            // To take will tell.
            return true;
        }
    }

    /** Takes all rings there are; does not wait, and does not go on for as long as somebody sends. */
    Received take() {
        if (channel.isEmpty()) {
            return Received.CLOSED;
        }
        Received received = Received.NOTHING;
        try {
            int count = DRAIN_BYTES;
            for (int i = 0; i < MAX_DRAINS && count == DRAIN_BYTES; i++) {
                count = channel.get().read(rings.clear());
                received = count > 0 ? Received.RING : received;
            }
            return count < 0 ? Received.CLOSED : received;
        } catch (IOException e) {
            return Received.CLOSED;
        }
    }

    /** Ends {@link #await}, now or the next time. Any thread. */
    void wakeUp() {
        selector.ifPresent(Selector::wakeup);
    }

    void disconnect() {
        if (channel.isEmpty()) {
            return;
        }
        try {
            channel.get().close();
            channel = Optional.empty();
            // Until then the selector keeps the descriptor.
            if (selector.isPresent()) {
                selector.get().selectNow(IGNORE);
            }
        } catch (IOException e) {
            channel = Optional.empty();
        }
    }

    @Override
    public void close() {
        disconnect();
        try {
            if (selector.isPresent()) {
                selector.get().close();
            }
        } catch (IOException e) {
            // Its descriptors are gone or will be with the process.
            return;
        }
    }
}
