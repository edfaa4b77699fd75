package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.RegionLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A writer at full speed against a reader that has no CRC to help it. Every byte of a frame's payload follows from
 * its number, and so does its length.
 */
class FrameReaderTearTest {

    private static final int MAX_PAYLOAD = 64 * 1024;
    private static final int FRAMES = 30_000;
    private static final int LENGTHS = 7;
    private static final int BURST = 500;
    /** Longer than a reader without CRC takes to believe a first frame. */
    private static final long PAUSE_NANOS = 5_000_000;
    private static final long ENOUGH = 20;
    private static final long DEADLINE_NANOS = 60_000_000_000L;

    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer region = ByteBuffer.allocateDirect(MAX_PAYLOAD + 48);

    private static int lengthOf(long frameSeq) {
        return MAX_PAYLOAD - (int) (frameSeq % LENGTHS == 0 ? frameSeq % 1000 : 0);
    }

    private void write(long number, boolean mark, byte[] bytes) {
        Arrays.fill(bytes, (byte) number);
        int length = lengthOf(number);
        if (mark) {
            LONG.setOpaque(region, RegionLayout.WRITE_LENGTH_OFFSET, 0L);
            VarHandle.fullFence();
        }
        new FrameHeader(number, number, length, 1, 1, 0, 0).encode(region, RegionLayout.HEADER_OFFSET);
        // Writers without barriers run on processors that keep stores in order; here the compiler has to be told.
        VarHandle.releaseFence();
        region.put(RegionLayout.PAYLOAD_OFFSET, bytes, 0, length);
        LONG.setRelease(region, RegionLayout.WRITE_LENGTH_OFFSET, 32L + length);
        LONG.setRelease(region, RegionLayout.SEQUENCE_OFFSET, number);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noTornFrameIsHandedOver(boolean mark) throws InterruptedException {
        FrameReader reader = FrameReader.builder(new MemorySource(region)).crcEnabled(false).build();
        AtomicBoolean done = new AtomicBoolean();
        AtomicBoolean enough = new AtomicBoolean();
        AtomicLong written = new AtomicLong();
        long deadlineNanos = System.nanoTime() + DEADLINE_NANOS;
        Thread writer = new Thread(() -> {
            byte[] bytes = new byte[MAX_PAYLOAD];
            long number = 0;
            while (number < FRAMES || !enough.get() && System.nanoTime() - deadlineNanos < 0) {
                write(++number, mark, bytes);
                if (number % BURST == 0) {
                    // At full speed nearly every attempt fails, and one that fails checks nothing.
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
            written.set(number);
            done.set(true);
        });
        writer.start();
        long frames = 0;
        long failures = 0;
        boolean last = false;
        while (!last) {
            last = done.get();
            ReadOutcome outcome = reader.attempt();
            if (outcome.failure()) {
                failures++;
            } else if (outcome == ReadOutcome.FRAME) {
                frames++;
                check(reader.frame());
            }
            enough.set(frames >= ENOUGH && failures >= ENOUGH);
        }
        writer.join();
        assertThat(frames).isGreaterThanOrEqualTo(ENOUGH);
        assertThat(failures).as("failed attempts, without which this has shown nothing").isGreaterThanOrEqualTo(ENOUGH);
        assertThat(reader.sequence()).isEqualTo(written.get());
    }

    private static void check(Frame frame) {
        byte[] expected = new byte[lengthOf(frame.frameSeq())];
        Arrays.fill(expected, (byte) frame.frameSeq());
        assertThat(frame.frameId()).isEqualTo(frame.frameSeq());
        assertThat(frame.payload().equals(ByteBuffer.wrap(expected))).as("frame %d", frame.frameSeq()).isTrue();
    }
}
