package io.sdros.relay.nats.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What a frame begins with in chunk 0, behind the {@link MessageHead}: when it was taken and when it was committed, in
 * nanoseconds of the origin's clock (0 = unknown), then its header and payload as they are in shared memory.
 */
final class FramePrefix {

    /** The two times. */
    static final int BYTES = 2 * Long.BYTES;

    /** The frame header behind them. */
    static final int FRAME_HEADER_BYTES = 32;

    private static final int COMMIT_OFFSET = Long.BYTES;
    private static final int FRAME_SEQ_OFFSET = 8;
    private static final int SIZE_OFFSET = 16;
    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private FramePrefix() {
    }

    static void encode(byte[] target, int offset, long captureNanos, long commitNanos) {
        U64.set(target, offset, captureNanos);
        U64.set(target, offset + COMMIT_OFFSET, commitNanos);
    }

    static long captureNanos(byte[] source, int offset) {
        return (long) U64.get(source, offset);
    }

    static long commitNanos(byte[] source, int offset) {
        return (long) U64.get(source, offset + COMMIT_OFFSET);
    }

    /** The number in a frame header. */
    static long frameSeq(byte[] source, int headerOffset) {
        return (long) U64.get(source, headerOffset + FRAME_SEQ_OFFSET);
    }

    /** How many bytes of payload a frame header promises. */
    static long payloadBytes(byte[] source, int headerOffset) {
        return Integer.toUnsignedLong((int) U32.get(source, headerOffset + SIZE_OFFSET));
    }
}
