package io.sdros.shm.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * The order of the writer's stores, as another thread sees them. Frame N has N payload bytes, so every write length
 * tells which frame it belongs to.
 */
class ShmWriterOrderTest {

    private static final int FRAMES = 60_000;

    private static final VarHandle LONG =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer region = ByteBuffer.allocateDirect(FRAMES + 48);
    private final ByteBuffer payload = ByteBuffer.allocateDirect(FRAMES);

    @Test
    void noHeaderIsSeenBesideTheLengthOfAnEarlierFrameAndNoSequenceBeforeItsFrame() throws InterruptedException {
        ShmWriter writer = new ShmWriter(new MemorySink(region), FRAMES + 48, false, Optional.empty());
        AtomicBoolean done = new AtomicBoolean();
        Thread thread = new Thread(() -> {
            for (int i = 1; i <= FRAMES; i++) {
                writer.write(payload.limit(i), i, 0, Codecs.H264);
            }
            done.set(true);
        });
        thread.start();
        long marks = 0;
        byte[] header = new byte[32];
        while (!done.get()) {
            long sequence = (long) LONG.getAcquire(region, RegionLayout.SEQUENCE_OFFSET);
            region.get(RegionLayout.HEADER_OFFSET, header);
            long frame = FrameHeader.decode(header, 0).frameSeq();
            // Orders the copy before the load of the length.
            VarHandle.acquireFence();
            long length = (long) LONG.getAcquire(region, RegionLayout.WRITE_LENGTH_OFFSET);
            assertThat(frame).isGreaterThanOrEqualTo(sequence);
            if (length == 0) {
                marks++;
            } else {
                assertThat(length).isGreaterThanOrEqualTo(32 + frame);
            }
        }
        thread.join();
        assertThat((long) LONG.getAcquire(region, RegionLayout.SEQUENCE_OFFSET)).isEqualTo(FRAMES);
        assertThat(marks).as("times the mark was seen").isPositive();
    }
}
