package io.sdros.it.load;

import io.sdros.it.support.Await;
import io.sdros.it.support.RawStream;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A program: how long a lone viewer who comes back, as by F5, waits for the first picture of a producer that keeps a history,
 * and what the server takes of a processor while nobody watches. Keyframes are two seconds apart.
 *
 * <p>System properties {@code returns.count}, {@code returns.idle} (SDR_IDLE_READ_MS), {@code returns.history} (bytes, 0 = none)
 * and {@code returns.seconds} (of idling).
 */
final class ReturnDelay {

    private static final long INTERVAL_NANOS = Duration.ofMillis(33).toNanos();
    private static final int GROUP = 60;
    private static final int FRAME_BYTES = 16 * 1024;
    private static final int RECEIVE_BUFFER = 1 << 20;
    private static final int LONGEST_ABSENCE_MILLIS = 200;
    private static final int WARM_UP = 20;
    private static final long SETTLING_NANOS = Duration.ofSeconds(15).toNanos();

    private ReturnDelay() {
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        AtomicBoolean stopped = new AtomicBoolean();
        try (TempRegion region = TempRegion.create();
                ShmWriter writer = ShmWriter.builder(region.path())
                        .historyBytes(Integer.getInteger("returns.history", 8 << 20)).open();
                ServerProcess server = ServerProcess.builder().region(region)
                        .set("SDR_IDLE_READ_MS", System.getProperty("returns.idle", "0")).start()) {
            Thread producer = new Thread(() -> produce(writer, stopped), "producer");
            producer.start();
            try {
                measure(server);
            } finally {
                stopped.set(true);
                producer.join();
            }
        }
    }

    private static void produce(ShmWriter writer, AtomicBoolean stopped) {
        ByteBuffer payload = ByteBuffer.allocateDirect(FRAME_BYTES).put(0, new byte[] {0, 0, 0, 1, 0x65, (byte) 0x88});
        for (long dueNanos = System.nanoTime(); !stopped.get(); dueNanos += INTERVAL_NANOS) {
            boolean keyframe = writer.framesWritten() % GROUP == 0;
            payload.put(4, (byte) (keyframe ? 0x65 : 0x41));
            writer.write(payload, System.nanoTime(), keyframe ? FrameFlags.KEYFRAME : 0, Codecs.H264, System.nanoTime());
            while (System.nanoTime() - dueNanos < INTERVAL_NANOS) {
                LockSupport.parkNanos(INTERVAL_NANOS - (System.nanoTime() - dueNanos));
            }
        }
    }

    private static void measure(ServerProcess server) {
        server.http().awaitAttached();
        for (int i = 0; i < WARM_UP; i++) {
            comeBack(server);
        }
        long[] nanos = new long[Integer.getInteger("returns.count", 200)];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = comeBack(server);
        }
        Arrays.sort(nanos);
        System.out.printf(Locale.ROOT, "first picture of who comes back: p50 %.1f ms, p99 %.1f ms, max %.1f ms%n",
                nanos[nanos.length / 2] / 1e6, nanos[nanos.length * 99 / 100 - 1] / 1e6, nanos[nanos.length - 1] / 1e6);
        server.http().awaitClients(0);
        Duration idle = Duration.ofSeconds(Integer.getInteger("returns.seconds", 20));
        // What the returns have set going (compilers, the collector) comes to an end first.
        Await.pause(SETTLING_NANOS);
        Duration before = processorTime(server);
        Await.pause(idle.toNanos());
        System.out.printf(Locale.ROOT, "nobody watches: %.2f %% of a core%n",
                100.0 * processorTime(server).minus(before).toNanos() / idle.toNanos());
    }

    private static long comeBack(ServerProcess server) {
        server.http().awaitClients(0);
        Await.pause(Duration.ofMillis(ThreadLocalRandom.current().nextInt(LONGEST_ABSENCE_MILLIS)).toNanos());
        try (RawStream viewer = RawStream.connect(server, RECEIVE_BUFFER)) {
            return viewer.takeVideo().lastByteNanos() - viewer.connectNanos();
        }
    }

    private static Duration processorTime(ServerProcess server) {
        return ProcessHandle.of(server.process().pid()).orElseThrow().info().totalCpuDuration().orElseThrow();
    }
}
