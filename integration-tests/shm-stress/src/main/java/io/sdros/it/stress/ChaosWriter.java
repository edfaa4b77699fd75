package io.sdros.it.stress;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.HistoryLayout;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/** Child process: what {@code chaos_writer.py} is, with the library's writer. */
final class ChaosWriter {

    /** By lives: one that is soon overtaken, and leaves large frames to the slot; the usual one; none. */
    private static final int[] HISTORY_BYTES = {256 * 1024, HistoryLayout.DEFAULT_RING_BYTES, 0};

    private ChaosWriter() {
    }

    /** Arguments: region path, region bytes, life number, pause in microseconds, largest payload. */
    public static void main(String[] args) throws IOException {
        long life = Long.parseLong(args[2]);
        long pauseNanos = Long.parseLong(args[3]) * 1_000;
        int largest = Integer.parseInt(args[4]);
        System.out.println("ready");
        int read = System.in.read();
        while (read >= 0 && read != '\n') {
            read = System.in.read();
        }
        if (read < 0) {
            return;
        }
        FullSpeedWriter.endWithStandardInput();
        try (ShmWriter writer = ShmWriter.builder(Path.of(args[0])).regionBytes(Integer.parseInt(args[1]))
                .historyBytes(HISTORY_BYTES[(int) (life % HISTORY_BYTES.length)]).open()) {
            long beganNanos = System.nanoTime();
            for (long seq = 1; ; seq++) {
                writer.write(payload(life, seq, beganNanos, largest), life,
                        LifeFrame.keyframe(seq) ? FrameFlags.KEYFRAME : 0, Codecs.H264);
                // A healthy start for everybody; some then go as fast as they can.
                long pause = seq <= 20 ? Math.max(pauseNanos, 4_000_000) : pauseNanos;
                if (pause != 0) {
                    LockSupport.parkNanos(pause);
                }
            }
        }
    }

    private static ByteBuffer payload(long life, long seq, long beganNanos, int largest) {
        byte[] bytes = new byte[LifeFrame.sizeBytes(life, seq, largest)];
        Arrays.fill(bytes, LifeFrame.filler(life, seq));
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, beganNanos).putLong(8, life);
    }
}
