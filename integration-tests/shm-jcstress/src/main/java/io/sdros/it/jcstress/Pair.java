package io.sdros.it.jcstress;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.ShmWriter;
import io.sdros.shm.protocol.Writers;
import io.sdros.shm.reader.Frame;
import io.sdros.shm.reader.FrameReader;
import io.sdros.shm.reader.ReadOutcome;
import io.sdros.shm.reader.RegionSource;
import java.nio.ByteBuffer;

/**
 * The shipped writer and the shipped reader on one region. Every payload has the same length, so no length gives a
 * tear away, and consists of one byte value, its frame's number.
 */
final class Pair {

    private static final int PAYLOAD_BYTES = 72;
    private static final int REGION_BYTES = 128;
    private static final int SLAB_BYTES = 64 * 1024;

    private static final ThreadLocal<ByteBuffer> SLAB = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(0));

    final RegionSource region;
    private final ShmWriter writer;
    private final ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES);
    private long written;

    Pair() {
        ByteBuffer memory = carve();
        region = new Memory(memory);
        writer = Writers.of(memory);
    }

    private static ByteBuffer carve() {
        ByteBuffer slab = SLAB.get();
        if (slab.remaining() < REGION_BYTES) {
            slab = ByteBuffer.allocateDirect(SLAB_BYTES);
            SLAB.set(slab);
        }
        ByteBuffer carved = slab.slice(slab.position(), REGION_BYTES);
        slab.position(slab.position() + REGION_BYTES);
        return carved;
    }

    void write() {
        written++;
        for (int i = 0; i < PAYLOAD_BYTES; i++) {
            payload.put(i, (byte) written);
        }
        writer.write(payload, written, FrameFlags.KEYFRAME, Codecs.H264);
    }

    /** A reader whose clock moves by 10 ms at every question. */
    FrameReader reader(boolean crcEnabled) {
        long[] nanos = {0};
        return FrameReader.builder(region).crcEnabled(crcEnabled).nanoClock(() -> nanos[0] += 10_000_000).build();
    }

    /** What an attempt came to: the outcome, or the number of the frame if every byte of it is that frame's. */
    static String result(FrameReader reader) {
        ReadOutcome outcome = reader.attempt();
        if (outcome != ReadOutcome.FRAME) {
            return outcome.name();
        }
        Frame frame = reader.frame();
        boolean whole = frame.frameId() == frame.frameSeq() && frame.sizeBytes() == PAYLOAD_BYTES;
        return whole ? "frame " + content(frame.payload(), frame.frameSeq()) : "TORN HEADER";
    }

    /** The number, if all bytes are that number. */
    static String content(ByteBuffer bytes, long number) {
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            if (bytes.get(i) != (byte) number) {
                return number + " TORN";
            }
        }
        return Long.toString(number);
    }

    /** Copies plainly: what the kernel does is no stronger. */
    private record Memory(ByteBuffer bytes) implements RegionSource {

        @Override
        public int copy(long position, byte[] target, int targetOffset, int lengthBytes) {
            bytes.get((int) position, target, targetOffset, lengthBytes);
            return lengthBytes;
        }

        @Override
        public long sizeBytes() {
            return bytes.capacity();
        }
    }
}
