package io.sdros.transport.undertow.ws;

import java.nio.ByteBuffer;

/**
 * One writing thread's direct buffer. A frame is copied into it once and then written to any number of clients, so that
 * neither a client nor the JDK's channels need a buffer of their own. A frame longer than {@link #MAX_BYTES} passes
 * through in windows. One thread.
 */
public final class ScratchBuffer {

    static final int MIN_BYTES = 64 * 1024;
    static final int MAX_BYTES = 1024 * 1024;

    private static final OutboundFrame NONE = new OutboundFrame(new byte[0], 0, 0);

    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);
    private OutboundFrame loaded = NONE;
    private int windowStart;
    private int windowBytes;

    /** The frame's bytes from {@code position} on, as many as the window holds. Valid until the next call. */
    public ByteBuffer bytes(OutboundFrame frame, int position) {
        if (frame != loaded || position < windowStart || position >= windowStart + windowBytes) {
            load(frame, position - position % MAX_BYTES);
        }
        return buffer.limit(windowBytes).position(position - windowStart);
    }

    /** Lets go of the frame, so that an idle server does not keep it in memory. */
    public void forget() {
        loaded = NONE;
    }

    private void load(OutboundFrame frame, int start) {
        windowStart = start;
        windowBytes = Math.min(frame.lengthBytes() - start, MAX_BYTES);
        if (windowBytes > buffer.capacity()) {
            buffer = ByteBuffer.allocateDirect(Math.max(MIN_BYTES, Integer.highestOneBit(windowBytes - 1) << 1));
        }
        buffer.clear().put(frame.array(), frame.offset() + start, windowBytes);
        loaded = frame;
    }
}
