package io.sdros.it.cadence;

import io.sdros.it.stress.TempFolder;
import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * The writing process: frames of 3 KB in a {@link Pattern}, all keyframes, each with the moment before it was stored,
 * by the machine's monotonic clock, as its {@code frame_id}; for several regions each of them out of step with the others. Ends
 * when its standard input does.
 */
public final class PatternWriter {

    private static final int PAYLOAD_BYTES = 3_000;
    private static final int WARM_UP_FRAMES = 50_000;

    private PatternWriter() {
    }

    /** Arguments: paths of the regions with commas between them, name of the pattern, seed, whether to ring. */
    public static void main(String[] args) throws IOException {
        Pattern pattern = Pattern.valueOf(args[1]);
        SplittableRandom random = new SplittableRandom(Long.parseLong(args[2]));
        warmUp();
        List<Thread> threads = new ArrayList<>();
        for (String region : args[0].split(",")) {
            ShmWriter writer = ShmWriter.builder(Path.of(region)).bell(Boolean.parseBoolean(args[3])).open();
            SplittableRandom own = random.split();
            threads.add(new Thread(() -> write(writer, pattern, own), "writer"));
        }
        System.out.println("open");
        threads.forEach(Thread::start);
        endOfInput();
        threads.forEach(Thread::interrupt);
    }

    /** Compiled code takes a microsecond from the time stamp to the commit, interpreted code some fifty. */
    private static void warmUp() throws IOException {
        byte[] payload = new byte[PAYLOAD_BYTES];
        try (TempFolder folder = TempFolder.create();
                ShmWriter writer = ShmWriter.builder(folder.resolve("frames")).open()) {
            for (int i = 0; i < WARM_UP_FRAMES; i++) {
                writer.write(ByteBuffer.wrap(payload), System.nanoTime(), FrameFlags.KEYFRAME, Codecs.H264);
            }
        }
    }

    private static void endOfInput() {
        try {
            while (System.in.read() >= 0) {
                continue;
            }
        } catch (IOException e) {
            return;
        }
    }

    /** Closes the writer when interrupted. */
    private static void write(ShmWriter writer, Pattern pattern, SplittableRandom random) {
        PromptTimers.use();
        byte[] payload = new byte[PAYLOAD_BYTES];
        long startNanos = System.nanoTime() + random.nextLong(pattern.intervalNanos(0));
        long placeNanos = startNanos;
        while (!Thread.currentThread().isInterrupted()) {
            placeNanos += pattern.framesUntilNext(random) * pattern.intervalNanos(placeNanos - startNanos);
            random.nextBytes(payload);
            awaitNanos(placeNanos + pattern.jitterNanos(random));
            writer.write(ByteBuffer.wrap(payload), System.nanoTime(), FrameFlags.KEYFRAME, Codecs.H264);
        }
        writer.close();
    }

    private static void awaitNanos(long nanos) {
        long left = nanos - System.nanoTime();
        while (left > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(left);
            left = nanos - System.nanoTime();
        }
    }
}
