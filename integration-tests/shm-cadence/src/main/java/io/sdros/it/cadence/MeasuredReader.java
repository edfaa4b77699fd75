package io.sdros.it.cadence;

import io.sdros.it.stress.TempFolder;
import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.ShmWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The reading process. Warms up on a region of its own, says "ready", and reads. Told "begin" it forgets what it has
 * seen so far, told "end" it says what it has seen since. Its processor time is for the parent to look at.
 */
public final class MeasuredReader {

    private static final int PAYLOAD_BYTES = 3_000;
    private static final long WARM_UP_INTERVAL_NANOS = 500_000;
    private static final long QUIET_NANOS = 500_000_000;
    private static final long MOST_WARM_UPS = 4;

    private MeasuredReader() {
    }

    /** Arguments: paths of the regions with commas between them, name of the way of waiting, milliseconds of warming up. */
    public static void main(String[] args) throws IOException {
        Waiting waiting = Waiting.valueOf(args[1]);
        warmUp(waiting, Long.parseLong(args[2]) * 1_000_000);
        Delays delays = new Delays();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Runnable stop = waiting.start(Stream.of(args[0].split(",")).map(Path::of).toList(), delays::add);
        System.out.println("ready");
        String word = input.readLine();
        while (word != null) {
            if (word.equals("begin")) {
                delays.clear();
            } else {
                System.out.println(delays.summary().line());
            }
            word = input.readLine();
        }
        stop.run();
    }

    /**
     * Two thousand frames a second: what takes minutes at 60 is compiled in seconds. Goes on, within bounds, until the
     * compilers have had nothing to do for a while; on a busy machine they come late.
     */
    private static void warmUp(Waiting waiting, long nanos) throws IOException {
        try (TempFolder folder = TempFolder.create();
                ShmWriter writer = ShmWriter.builder(folder.resolve("frames")).bell(waiting == Waiting.BELL).open()) {
            Runnable stop = waiting.start(folder.resolve("frames"), delay -> { });
            byte[] payload = new byte[PAYLOAD_BYTES];
            CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
            long startNanos = System.nanoTime();
            long nowNanos = startNanos;
            long compiledNanos = startNanos;
            long compiledMillis = 0;
            while (nowNanos - startNanos < nanos
                    || nowNanos - compiledNanos < QUIET_NANOS && nowNanos - startNanos < MOST_WARM_UPS * nanos) {
                if (compilers.getTotalCompilationTime() != compiledMillis) {
                    compiledMillis = compilers.getTotalCompilationTime();
                    compiledNanos = nowNanos;
                }
                writer.write(ByteBuffer.wrap(payload), System.nanoTime(), FrameFlags.KEYFRAME, Codecs.H264);
                LockSupport.parkNanos(WARM_UP_INTERVAL_NANOS);
                nowNanos = System.nanoTime();
            }
            stop.run();
        }
    }
}
