package io.sdros.shm.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * The order of the writer's stores, as another thread sees them. Frame N has N payload bytes, so every write length
 * tells which frame it belongs to.
 */
class ShmWriterOrderTest {

    private static final int FRAMES = 60_000;

    private final RegionBuffer region = RegionBuffer.of(ByteBuffer.allocateDirect(FRAMES + 48));
    private final ByteBuffer payload = ByteBuffer.allocateDirect(FRAMES);

    @Test
    void noHeaderIsSeenBesideTheLengthOfAnEarlierFrameAndNoSequenceBeforeItsFrame() throws InterruptedException {
        ShmWriter writer = new ShmWriter(region, false);
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
            long sequence = region.sequenceAcquire();
            region.copyFrame(header, 0, 32);
            long frame = FrameHeader.decode(header, 0).frameSeq();
            // Orders the copy before the load of the length.
            region.unchangedSince(sequence, 0, header, 0);
            long length = region.writeLengthAcquire();
            assertThat(frame).isGreaterThanOrEqualTo(sequence);
            if (length == 0) {
                marks++;
            } else {
                assertThat(length).isGreaterThanOrEqualTo(32 + frame);
            }
        }
        thread.join();
        assertThat(region.sequenceAcquire()).isEqualTo(FRAMES);
        assertThat(marks).as("times the mark was seen").isPositive();
    }
}
