package io.sdros.it.stress;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.ShmWriter;
import io.sdros.shm.reader.Frame;
import io.sdros.shm.reader.ShmFrameStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A producer that crashes again and again, and each time removes its file and makes another one, in a file system that
 * has room for four: while a stream reads, none of them may want for room, which is what a reader takes that holds on
 * to files that are gone.
 */
final class CrashLoop {

    static final int REGION_BYTES = 16 * 1024 * 1024;
    private static final long MILLI = 1_000_000;
    private static final int FILLER_BYTES = REGION_BYTES - 64;

    private final Path region;
    private final SplittableRandom random;
    private final AtomicLong lastId = new AtomicLong();

    private CrashLoop(Path region, long seed) {
        this.region = region;
        this.random = new SplittableRandom(seed);
    }

    /**
     * Lives that many lives, the shortest of no length.
     *
     * @return of how many the stream has seen a frame
     * @throws java.io.UncheckedIOException if one of them found no room
     */
    static int run(Path folder, int lives, long seed) throws IOException {
        return new CrashLoop(folder.resolve("frames"), seed).run(lives);
    }

    private int run(int lives) throws IOException {
        int seen = 0;
        try (ShmFrameStream stream = ShmFrameStream.builder(region).listener(this::heard).build()) {
            stream.start();
            for (int life = 1; life <= lives; life++) {
                live(life);
                seen += lastId.get() == life ? 1 : 0;
            }
        }
        return seen;
    }

    private void heard(Frame frame) {
        lastId.set(frame.frameId());
    }

    private void live(int life) throws IOException {
        Files.deleteIfExists(region);
        ByteBuffer small = ByteBuffer.allocate(10_000);
        try (ShmWriter writer = ShmWriter.builder(region).regionBytes(REGION_BYTES).open()) {
            // Every page of it, as producers have that ask for the memory beforehand.
            writer.write(ByteBuffer.allocate(FILLER_BYTES), life, FrameFlags.KEYFRAME, Codecs.H264);
            for (int frames = random.nextInt(4) == 0 ? 0 : random.nextInt(30); frames > 0; frames--) {
                writer.write(small, life, FrameFlags.KEYFRAME, Codecs.H264);
                LockSupport.parkNanos(20 * MILLI);
            }
        }
    }
}
