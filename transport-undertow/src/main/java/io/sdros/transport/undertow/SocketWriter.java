package io.sdros.transport.undertow;

import io.sdros.transport.undertow.pace.Pace;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.xnio.conduits.ConduitStreamSinkChannel;

/**
 * The socket's side of what one client is sent: how much the socket has taken, since when it takes nothing, and how fast that
 * is. What is written, and in which order, is {@link ClientWriter}'s. A base class for the reason that {@link ClaimedWriter}
 * gives; fields marked "claim" belong to the holder of the write claim.
 */
abstract class SocketWriter extends ClaimedWriter {

    private static final VarHandle SENT_BYTES;

    static {
        try {
            SENT_BYTES = MethodHandles.lookup().findVarHandle(SocketWriter.class, "sentBytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ConduitStreamSinkChannel sink;
    private final Pace pace;
    private final LongSupplier nanoClock;

    private volatile boolean finDue;
    /** Set by the write listener, cleared by the holder of the claim before it asks for the listener. */
    private volatile boolean writable;
    /** Written by the holder of the claim, read by the timer. */
    private volatile boolean blocked;
    /** When it was blocked, or when it made progress since. */
    private volatile long progressNanos;
    /** When bytes last went where none had been taken before: the client has fetched some. */
    private volatile long fetchedNanos;

    private long sentBytes; // claim; stored opaquely, for a reader who only wants whole numbers
    private boolean listening; // claim; write interest is on
    private boolean finSent; // claim

    SocketWriter(ConduitStreamSinkChannel sink, Pace pace, LongSupplier nanoClock) {
        this.sink = sink;
        this.pace = pace;
        this.nanoClock = nanoClock;
        fetchedNanos = nanoClock.getAsLong();
    }

    /** Holds the claim: the socket takes no more, after it has taken everything. */
    abstract void onFull();

    /** Ends the sending direction at a drain once the close frame is out. */
    final void finish() {
        finDue = true;
    }

    /** How fast the connection is. */
    final Pace pace() {
        return pace;
    }

    /** Of everything, handed to the kernel. Any thread; of what is being sent, some may be missing. */
    final long sentBytes() {
        return (long) SENT_BYTES.getOpaque(this);
    }

    /** The socket takes bytes again; a drain has to follow. */
    final void socketWritable() {
        writable = true;
    }

    /** Whether the socket takes no more. */
    final boolean blocked() {
        return blocked;
    }

    final boolean stalled(long nowNanos, long limitNanos) {
        return blocked && nowNanos - progressNanos >= limitNanos;
    }

    /** Whether the client has fetched bytes that were in the way of others within the time: as good as a word from it. */
    final boolean fetching(long nowNanos, long withinNanos) {
        return nowNanos - fetchedNanos < withinNanos;
    }

    /**
     * I/O thread, now and then: writes to a socket that took nothing the last time. The kernel tells that it takes bytes
     * again only when a third of its buffer is free, which for a slow client can be minutes; but it takes them before.
     */
    final void retry(WriteContext context) {
        if (blocked) {
            writable = true;
            drain(context);
        }
    }

    /** Something of each object here, as {@link ClientWriter#prefetch} says. */
    final int prefetchSocket() {
        return claim() + (sink.isOpen() ? 1 : 0);
    }

    /** Holds the claim: whether there is no use in trying. */
    final boolean waitsForSocket() {
        return blocked && !writable;
    }

    /** Holds the claim: hands over what the socket takes; 0 if that is nothing, and then it is waited for. */
    final int send(ByteBuffer bytes) throws IOException {
        int count = sink.write(bytes);
        if (count == 0) {
            block();
            return 0;
        }
        SENT_BYTES.setOpaque(this, sentBytes + count);
        if (blocked) {
            progressNanos = nanoClock.getAsLong();
            fetchedNanos = progressNanos;
        }
        return count;
    }

    private void block() {
        long nowNanos = nanoClock.getAsLong();
        if (!blocked) {
            progressNanos = nowNanos;
            blocked = true;
            onFull();
        }
        pace.full(sentBytes, nowNanos);
        writable = false; // before the interest: the listener's true must not be overwritten
        listening = true;
        sink.resumeWrites();
    }

    /**
     * Holds the claim; nothing is left to write: brings out what a layer below may hold, then ends the direction if that is
     * due.
     *
     * @param closeSent whether the close frame was the last
     */
    final void flush(boolean closeSent) throws IOException {
        if (closeSent && finDue && !finSent) {
            finSent = true;
            sink.shutdownWrites();
        }
        if (!sink.flush()) {
            block();
            return;
        }
        if (blocked) {
            blocked = false;
            pace.empty();
        }
        if (listening) {
            listening = false;
            sink.suspendWrites();
        }
    }
}
