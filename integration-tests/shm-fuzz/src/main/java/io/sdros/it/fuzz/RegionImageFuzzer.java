package io.sdros.it.fuzz;

import com.sun.management.ThreadMXBean;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.reader.Frame;
import io.sdros.shm.reader.FrameReader;
import io.sdros.shm.reader.ReadOutcome;
import io.sdros.shm.reader.RegionSource;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * What the fuzzer calls: takes its bytes for a reader's configuration and successive contents of a region, and checks
 * every attempt against what the contract says, worked out here a second time.
 *
 * <pre>
 *   byte 0   bit 0 CRC on, bit 1 keyframe gating, bits 2 to 4 headroom
 *   byte 1   region size: 48 + 8 times this
 *   then, again and again: u16 offset, u8 length, so many bytes to store there; an attempt follows
 * </pre>
 */
public final class RegionImageFuzzer {

    private static final int MIN_REGION_BYTES = 48;
    private static final int GUARD_BYTES = 4096;
    /** Frame, its header, a buffer and what the measuring itself allocates. */
    private static final long SMALL_OBJECTS_BYTES = 4096;
    private static final byte GUARD = 0x5a;

    private final ByteBuffer region;
    private final boolean crcEnabled;
    private final int headroomBytes;
    private final FrameReader reader;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long nanos;
    private long surplusBytes;

    private RegionImageFuzzer(int configuration, int regionBytes) {
        ByteBuffer guarded = ByteBuffer.allocateDirect(2 * GUARD_BYTES + regionBytes);
        for (int i = 0; i < guarded.capacity(); i++) {
            guarded.put(i, GUARD);
        }
        region = guarded.slice(GUARD_BYTES, regionBytes).order(ByteOrder.LITTLE_ENDIAN);
        region.put(new byte[regionBytes]).clear();
        crcEnabled = (configuration & 1) != 0;
        headroomBytes = configuration >> 2 & 7;
        // Every question for the time moves it on, so that what waits for milliseconds gets there.
        reader = FrameReader.builder(source()).crcEnabled(crcEnabled)
                .keyframeGating((configuration & 2) != 0).headroomBytes(headroomBytes)
                .nanoClock(() -> nanos += 1_000_000).build();
    }

    /** Nothing outside the region may be asked for; its end may be. */
    private RegionSource source() {
        return new RegionSource() {
            @Override
            public int copy(long position, byte[] target, int targetOffset, int lengthBytes) {
                int count = (int) Math.max(0, Math.min(lengthBytes, region.capacity() - position));
                region.get((int) position, target, targetOffset, count);
                return count;
            }

            @Override
            public long sizeBytes() {
                return region.capacity();
            }
        };
    }

    /** The entry point Jazzer looks for. Throws {@link IllegalStateException} if something is not as documented. */
    public static void fuzzerTestOneInput(byte[] input) {
        long surplusBytes = 1;
        // The first run loads classes, and the fuzzer instruments them; the reader allocates the same every time.
        for (int run = 0; run < 3 && surplusBytes > 0; run++) {
            surplusBytes = run(input);
        }
        check(surplusBytes <= 0, surplusBytes + " bytes more were allocated than the region has");
    }

    /** Returns how many bytes too many an attempt allocated at most. */
    private static long run(byte[] input) {
        if (input.length < 2) {
            return 0;
        }
        RegionImageFuzzer fuzzer = new RegionImageFuzzer(input[0] & 0xff, MIN_REGION_BYTES + 8 * (input[1] & 0xff));
        ByteBuffer steps = ByteBuffer.wrap(input, 2, input.length - 2).slice().order(ByteOrder.LITTLE_ENDIAN);
        while (steps.remaining() > 3) {
            fuzzer.store(steps);
            fuzzer.attempt();
        }
        return fuzzer.surplusBytes;
    }

    private void store(ByteBuffer steps) {
        int offset = (steps.getShort() & 0xffff) % region.capacity();
        int length = Math.min(Math.min(steps.get() & 0xff, steps.remaining()), region.capacity() - offset);
        for (int i = 0; i < length; i++) {
            region.put(offset + i, steps.get());
        }
    }

    private void attempt() {
        long beforeBytes = threads.getCurrentThreadAllocatedBytes();
        ReadOutcome outcome = reader.attempt();
        long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - beforeBytes;
        surplusBytes = Math.max(surplusBytes,
                allocatedBytes - headroomBytes - region.capacity() - SMALL_OBJECTS_BYTES);
        check(allowed(outcome), outcome + " for " + header() + ", write length " + region.getLong(8));
        if (outcome == ReadOutcome.FRAME) {
            checkFrame(reader.frame());
            check(reader.attempt() == ReadOutcome.NO_NEW_FRAME, "the same frame was read twice");
        }
    }

    private FrameHeader header() {
        return FrameHeader.decode(region, 16);
    }

    /** Steps 1 to 6 of an attempt; what may follow depends on the frames before. */
    private boolean allowed(ReadOutcome outcome) {
        if (outcome == ReadOutcome.NO_NEW_FRAME) {
            return region.getLong(0) == 0 || region.getLong(0) == reader.sequence();
        }
        long writeLength = region.getLong(8);
        if (writeLength < 32 || writeLength > region.capacity() - 16) {
            return outcome == ReadOutcome.INVALID_LENGTH;
        }
        if (header().sizeBytes() != writeLength - 32) {
            return outcome == ReadOutcome.BAD_HEADER;
        }
        if (crcEnabled && crc32((int) writeLength - 32) != header().crc32()) {
            return outcome == ReadOutcome.CRC_MISMATCH;
        }
        return switch (outcome) {
            case FRAME, SKIPPED_NON_KEYFRAME -> true;
            // Nobody writes meanwhile; without CRC a frame may have to prove itself by staying.
            case TORN_READ -> !crcEnabled;
            default -> false;
        };
    }

    private int crc32(int payloadBytes) {
        CRC32 crc = new CRC32();
        crc.update(region.slice(48, payloadBytes));
        return (int) crc.getValue();
    }

    private void checkFrame(Frame frame) {
        int lengthBytes = (int) region.getLong(8);
        check(frame.array().length == headroomBytes + lengthBytes, "array of " + frame.array().length);
        check(frame.lengthBytes() == lengthBytes && frame.headerOffset() == headroomBytes, "length or offset");
        check(frame.headerAndPayload().equals(region.slice(16, lengthBytes)), "bytes are not the region's");
        check(frame.header().equals(header()), "header is not the region's");
        ByteBuffer encoded = ByteBuffer.allocate(32);
        frame.header().encode(encoded, 0);
        check(encoded.equals(region.slice(16, 32)), "header does not encode to the bytes it was decoded from");
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
