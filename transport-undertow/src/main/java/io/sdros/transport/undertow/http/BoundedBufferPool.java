package io.sdros.transport.undertow.http;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Buffers outside the heap, of which there is only so much: never more than a number of them, kept for good once there.
 * Whoever comes when all are in use gets one of the heap. Undertow's own pool has no bound, and a connection that has
 * begun something keeps one until it is over. The same if there is no room for as many as that. Any thread.
 */
public final class BoundedBufferPool implements ByteBufferPool {

    private final int bufferBytes;
    private final int mostDirect;
    private final IntFunction<ByteBuffer> outsideHeap;
    private final AtomicInteger direct = new AtomicInteger();
    private final Queue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    /** Found once: the JDK searches for room for half a second, collections included, before it says that there is none. */
    private volatile boolean noMoreRoom;
    private volatile boolean closed;

    BoundedBufferPool(int bufferBytes, int mostDirect) {
        this(bufferBytes, mostDirect, ByteBuffer::allocateDirect);
    }

    /** @param outsideHeap for tests: what allocates there */
    BoundedBufferPool(int bufferBytes, int mostDirect, IntFunction<ByteBuffer> outsideHeap) {
        this.bufferBytes = bufferBytes;
        this.mostDirect = mostDirect;
        this.outsideHeap = outsideHeap;
    }

    @Override
    public PooledByteBuffer allocate() {
        if (closed) {
            throw new IllegalStateException("The buffer pool is closed"); // what Undertow's own one says, and is caught
        }
        ByteBuffer buffer = free.poll();
        if (buffer != null) {
            return new Lent(buffer.clear());
        }
        int before;
        do {
            before = direct.get();
            if (before >= mostDirect || noMoreRoom) {
                return new Lent(ByteBuffer.allocate(bufferBytes));
            }
        } while (!direct.compareAndSet(before, before + 1));
        try {
            return new Lent(outsideHeap.apply(bufferBytes));
        } catch (OutOfMemoryError e) {
            direct.decrementAndGet();
            noMoreRoom = true;
            return new Lent(ByteBuffer.allocate(bufferBytes));
        }
    }

    /** How many there are outside the heap, in use or not. */
    int direct() {
        return direct.get();
    }

    @Override
    public ByteBufferPool getArrayBackedPool() {
        return new BoundedBufferPool(bufferBytes, 0);
    }

    @Override
    public int getBufferSize() {
        return bufferBytes;
    }

    @Override
    public boolean isDirect() {
        return mostDirect > 0;
    }

    @Override
    public void close() {
        closed = true;
        free.clear();
    }

    /** A buffer in use. */
    private final class Lent implements PooledByteBuffer {

        private ByteBuffer buffer;

        private Lent(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public synchronized ByteBuffer getBuffer() {
            if (buffer == null) {
                throw new IllegalStateException("The buffer was given back");
            }
            return buffer;
        }

        @Override
        public synchronized void close() {
            if (buffer != null && buffer.isDirect() && !closed) {
                free.add(buffer);
            }
            buffer = null;
        }

        @Override
        public synchronized boolean isOpen() {
            return buffer != null;
        }
    }
}
