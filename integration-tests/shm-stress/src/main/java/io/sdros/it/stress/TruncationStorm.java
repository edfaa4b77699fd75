package io.sdros.it.stress;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameCrc;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.FrameHeaderLayout;
import io.sdros.shm.protocol.RegionLayout;
import io.sdros.shm.reader.AttachState;
import io.sdros.shm.reader.Frame;
import io.sdros.shm.reader.FrameStreamListener;
import io.sdros.shm.reader.PollMode;
import io.sdros.shm.reader.ShmFrameStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Cuts the file short while its frame, some megabytes, is being copied, again and again: the VM must report it as an
 * error that the reader survives. Frames are stored with file writes, which need no mapping and so cannot fault.
 */
public final class TruncationStorm {

    private static final int PAYLOAD_BYTES = 3_900_000;
    private static final long MILLI = 1_000_000;
    private static final long GIVE_UP_NANOS = 20_000 * MILLI;

    /** What a storm came to. */
    record Result(int truncations, long faults, long frames, List<String> violations) {
    }

    private final byte[] payload = new byte[PAYLOAD_BYTES];
    private final int crc32;
    private final SplittableRandom random;
    private final AtomicLong faults = new AtomicLong();
    private final AtomicLong frames = new AtomicLong();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private long sequence;

    private TruncationStorm(long seed) {
        random = new SplittableRandom(seed);
        random.nextBytes(payload);
        crc32 = FrameCrc.of(ByteBuffer.wrap(payload));
    }

    /** Arguments: page faults to survive, 100 unless given; seed. */
    public static void main(String[] args) throws IOException {
        int faults = args.length > 0 ? Integer.parseInt(args[0]) : 100;
        Result result = run(faults, 100 * faults, args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime());
        if (!result.violations().isEmpty() || result.faults() < faults) {
            System.exit(1);
        }
    }

    /** Truncates until that many faults have come up, or that often. */
    static Result run(int faults, int maxTruncations, long seed) throws IOException {
        Result result = new TruncationStorm(seed).run(faults, maxTruncations);
        result.violations().forEach(violation -> System.out.println("VIOLATION: " + violation));
        System.out.printf("Java %s, seed %d: %d truncations while copying, %d page faults survived, %d frames checked%n",
                System.getProperty("java.version"), seed, result.truncations(), result.faults(), result.frames());
        return result;
    }

    private Result run(int wantedFaults, int maxTruncations) throws IOException {
        int truncations = 0;
        try (TempFolder folder = TempFolder.create();
                FileChannel file = FileChannel.open(folder.resolve("frames"), StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                ShmFrameStream withCrc = stream(folder.resolve("frames"), true);
                ShmFrameStream withoutCrc = stream(folder.resolve("frames"), false)) {
            withCrc.start();
            withoutCrc.start();
            while (faults.get() < wantedFaults && truncations < maxTruncations) {
                store(file);
                awaitAttached(withCrc, withoutCrc);
                store(file);
                LockSupport.parkNanos(random.nextLong(2 * MILLI));
                file.truncate(switch (random.nextInt(4)) {
                    case 0 -> 0;
                    case 1 -> 20;
                    case 2 -> RegionLayout.DEFAULT_REGION_BYTES / 2;
                    default -> random.nextLong(RegionLayout.DEFAULT_REGION_BYTES);
                });
                truncations++;
            }
            // And in the end everything is as it was.
            long before = frames.get();
            store(file);
            awaitAttached(withCrc, withoutCrc);
            awaitFrames(file, before);
        }
        return new Result(truncations, faults.get(), frames.get(), violations);
    }

    private ShmFrameStream stream(Path path, boolean crcEnabled) {
        return ShmFrameStream.builder(path).crcEnabled(crcEnabled).pollMode(PollMode.ADAPTIVE)
                .listener(new FrameStreamListener() {
                    @Override
                    public void onFrame(Frame frame) {
                        frames.incrementAndGet();
                        if (!frame.payload().equals(ByteBuffer.wrap(payload))) {
                            violations.add((crcEnabled ? "CRC" : "no CRC") + ": wrong bytes in " + frame.header());
                        }
                    }

                    @Override
                    public void onAttach(AttachState state, Path file, String reason) {
                        if (reason.contains("could not be read")) {
                            faults.incrementAndGet();
                        }
                    }

                    @Override
                    public void onUncaught(Throwable failure, long suppressed) {
                        violations.add(failure.toString());
                    }
                }).build();
    }

    private static void awaitAttached(ShmFrameStream... streams) {
        long startedNanos = System.nanoTime();
        for (ShmFrameStream stream : streams) {
            while (stream.statistics().attachState() != AttachState.ATTACHED) {
                giveUpAfter(startedNanos, stream.statistics().attachReason());
            }
        }
    }

    private void awaitFrames(FileChannel file, long before) throws IOException {
        long startedNanos = System.nanoTime();
        while (frames.get() - before < 4) {
            store(file);
            LockSupport.parkNanos(20 * MILLI);
            giveUpAfter(startedNanos, "no frames after the storm");
        }
    }

    private static void giveUpAfter(long startedNanos, String why) {
        if (System.nanoTime() - startedNanos > GIVE_UP_NANOS) {
            throw new IllegalStateException("not within 20 s: " + why);
        }
        LockSupport.parkNanos(MILLI);
    }

    /** The order of the library's writer: mark, header, payload, length, sequence. */
    private void store(FileChannel file) throws IOException {
        sequence++;
        storeLong(file, RegionLayout.WRITE_LENGTH_OFFSET, 0);
        ByteBuffer header = ByteBuffer.allocate(FrameHeaderLayout.HEADER_BYTES);
        new FrameHeader(sequence, sequence, PAYLOAD_BYTES, FrameFlags.KEYFRAME, Codecs.H264, crc32, 0)
                .encode(header, 0);
        file.write(header, RegionLayout.HEADER_OFFSET);
        file.write(ByteBuffer.wrap(payload), RegionLayout.PAYLOAD_OFFSET);
        if (file.size() < RegionLayout.DEFAULT_REGION_BYTES) {
            file.write(ByteBuffer.allocate(1), RegionLayout.DEFAULT_REGION_BYTES - 1);
        }
        storeLong(file, RegionLayout.WRITE_LENGTH_OFFSET, FrameHeaderLayout.HEADER_BYTES + PAYLOAD_BYTES);
        storeLong(file, RegionLayout.SEQUENCE_OFFSET, sequence);
    }

    private static void storeLong(FileChannel file, int offset, long value) throws IOException {
        file.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value), offset);
    }
}
