package io.sdros.server.stream;

import io.sdros.shm.protocol.FrameCrc;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.reader.Frame;
import io.sdros.shm.reader.FrameReader;
import io.sdros.shm.reader.ReadOutcome;
import io.sdros.shm.reader.RegionSource;
import io.sdros.transport.undertow.VideoMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongSupplier;

/** Frames as the reader hands them over, out of a region in memory. */
final class MemoryRegion implements RegionSource {

    private static final int HEADER_OFFSET = 16;

    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private final FrameReader reader;
    private long sequence;

    MemoryRegion(LongSupplier nanoClock) {
        reader = FrameReader.builder(this).keyframeGating(false).headroomBytes(VideoMessage.HEADROOM_BYTES)
                .nanoClock(nanoClock).build();
    }

    /** The next frame, numbered in order, with a right CRC. */
    Frame frame(int flags, int codec, byte[] payload) {
        sequence++;
        new FrameHeader(sequence + 100, sequence, payload.length, flags, codec, FrameCrc.of(ByteBuffer.wrap(payload)), 77)
                .encode(bytes, HEADER_OFFSET);
        bytes.put(HEADER_OFFSET + 32, payload);
        bytes.putLong(8, 32 + payload.length);
        bytes.putLong(0, sequence);
        if (reader.attempt() != ReadOutcome.FRAME) {
            throw new AssertionError("not read");
        }
        return reader.frame();
    }

    @Override
    public int copy(long position, byte[] target, int targetOffset, int lengthBytes) {
        int count = (int) Math.max(0, Math.min(lengthBytes, bytes.capacity() - position));
        bytes.get((int) position, target, targetOffset, count);
        return count;
    }

    @Override
    public long sizeBytes() {
        return bytes.capacity();
    }
}
