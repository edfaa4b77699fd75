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
 * Cuts a file short and restores it, again and again and faster than the reader looks after it: to nothing, to half,
 * to just behind the head, while its frame of some megabytes is being copied or just before. No stream may end, get
 * stuck or hand over a byte that was not written, and the picture is back within a second of the last cut.
 */
public final class TruncationStorm {

    private static final int PAYLOAD_BYTES = 1_900_000;
    private static final int REGION_BYTES = 2 * 1024 * 1024;
    private static final int BEHIND_THE_HEAD = RegionLayout.PAYLOAD_OFFSET + 16;
    private static final long MILLI = 1_000_000;
    private static final long GIVE_UP_NANOS = 20_000 * MILLI;
    private static final int WARM_FRAMES = 3_000;
    private static final int ROUND = 100;

    /**
     * What a storm came to.
     *
     * @param cutShort how often a stream found the file shorter than before
     * @param backNanos from the last restoration to a frame in every stream, at most, over all pauses of the storm
     */
    record Result(int cycles, long cutShort, long frames, long backNanos, List<String> violations) {
    }

    private final byte[] payload = new byte[PAYLOAD_BYTES];
    private final int crc32;
    private final SplittableRandom random;
    private final AtomicLong cutShort = new AtomicLong();
    private final List<AtomicLong> frames = List.of(new AtomicLong(), new AtomicLong());
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private long sequence;
    /**
     * Never starts over, as with real writers: a frame whose header and sequence are the same as those of one that was cut
     * short in the middle of its copy can only be told from it by its CRC.
     */
    private long frameId;

    private TruncationStorm(long seed) {
        random = new SplittableRandom(seed);
        random.nextBytes(payload);
        crc32 = FrameCrc.of(ByteBuffer.wrap(payload));
    }

    /** Arguments: cycles, 10,000 unless given; seed. */
    public static void main(String[] args) throws IOException {
        int cycles = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        Result result = run(cycles, args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime());
        if (!result.violations().isEmpty() || result.backNanos() > 1_000 * MILLI) {
            System.exit(1);
        }
    }

    /** Cuts and restores that often. */
    static Result run(int cycles, long seed) throws IOException {
        Result result = new TruncationStorm(seed).run(cycles);
        result.violations().forEach(violation -> System.out.println("VIOLATION: " + violation));
        System.out.printf("Java %s, seed %d: %d cycles of truncation and restoration, noticed %d times by two streams, %d frames "
                        + "checked, the picture back after at most %.0f ms, %d violations%n",
                System.getProperty("java.version"), seed, result.cycles(), result.cutShort(), result.frames(),
                result.backNanos() / 1e6, result.violations().size());
        return result;
    }

    private Result run(int cycles) throws IOException {
        long backNanos = 0;
        try (TempFolder folder = TempFolder.create();
                FileChannel file = FileChannel.open(folder.resolve("frames"), StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                ShmFrameStream withCrc = stream(folder.resolve("frames"), true);
                ShmFrameStream withoutCrc = stream(folder.resolve("frames"), false)) {
            restore(file);
            withCrc.start();
            withoutCrc.start();
            for (int i = 0; i < WARM_FRAMES; i++) {
                store(file, 1_000);
            }
            for (int done = 0; done < cycles; done += ROUND) {
                for (int i = 0; i < Math.min(ROUND, cycles - done); i++) {
                    cycle(file);
                }
                backNanos = Math.max(backNanos, awaitFrames(file));
            }
            for (ShmFrameStream stream : List.of(withCrc, withoutCrc)) {
                if (stream.statistics().attachState() != AttachState.ATTACHED) {
                    violations.add("left " + stream.statistics().attachReason());
                }
            }
        }
        return new Result(cycles, cutShort.get(), frames.get(0).get() + frames.get(1).get(), backNanos, violations);
    }

    private void cycle(FileChannel file) throws IOException {
        store(file, PAYLOAD_BYTES);
        LockSupport.parkNanos(random.nextLong(MILLI));
        file.truncate(switch (random.nextInt(3)) {
            case 0 -> 0;
            case 1 -> REGION_BYTES / 2;
            default -> BEHIND_THE_HEAD;
        });
        if (random.nextBoolean()) {
            LockSupport.parkNanos(random.nextLong(MILLI));
        }
        restore(file);
    }

    /** As the library's writer begins. */
    private void restore(FileChannel file) throws IOException {
        sequence = 0;
        file.write(ByteBuffer.allocate(RegionLayout.HEADER_OFFSET), 0);
        file.write(ByteBuffer.allocate(1), REGION_BYTES - 1);
    }

    private ShmFrameStream stream(Path path, boolean crcEnabled) {
        AtomicLong count = frames.get(crcEnabled ? 0 : 1);
        return ShmFrameStream.builder(path).crcEnabled(crcEnabled).expectedRegionBytes(0)
                .listener(new FrameStreamListener() {
                    @Override
                    public void onFrame(Frame frame) {
                        count.incrementAndGet();
                        if (!frame.payload().equals(ByteBuffer.wrap(payload, 0, frame.sizeBytes()))) {
                            violations.add((crcEnabled ? "CRC" : "no CRC") + ": wrong bytes in " + frame.header());
                        }
                    }

                    @Override
                    public void onAttach(AttachState state, Path file, String reason) {
                        if (reason.contains("truncated")) {
                            cutShort.incrementAndGet();
                        }
                    }

                    @Override
                    public void onUncaught(Throwable failure, long suppressed) {
                        violations.add(failure.toString());
                    }
                }).build();
    }

    /** How long it takes until every stream has read a frame. */
    private long awaitFrames(FileChannel file) throws IOException {
        long startedNanos = System.nanoTime();
        List<Long> before = frames.stream().map(AtomicLong::get).toList();
        while (frames.get(0).get() == before.get(0) || frames.get(1).get() == before.get(1)) {
            store(file, PAYLOAD_BYTES);
            LockSupport.parkNanos(20 * MILLI);
            if (System.nanoTime() - startedNanos > GIVE_UP_NANOS) {
                throw new IllegalStateException("no frames for 20 s: " + frames);
            }
        }
        return System.nanoTime() - startedNanos;
    }

    /** The order of the library's writer: mark, header, payload, length, sequence. */
    private void store(FileChannel file, int payloadBytes) throws IOException {
        sequence++;
        storeLong(file, RegionLayout.WRITE_LENGTH_OFFSET, 0);
        ByteBuffer header = ByteBuffer.allocate(FrameHeaderLayout.HEADER_BYTES);
        new FrameHeader(++frameId, sequence, payloadBytes, FrameFlags.KEYFRAME, Codecs.H264,
                payloadBytes == PAYLOAD_BYTES ? crc32 : FrameCrc.of(ByteBuffer.wrap(payload, 0, payloadBytes)), 0)
                .encode(header, 0);
        file.write(header, RegionLayout.HEADER_OFFSET);
        file.write(ByteBuffer.wrap(payload, 0, payloadBytes), RegionLayout.PAYLOAD_OFFSET);
        storeLong(file, RegionLayout.WRITE_LENGTH_OFFSET, FrameHeaderLayout.HEADER_BYTES + payloadBytes);
        storeLong(file, RegionLayout.SEQUENCE_OFFSET, sequence);
    }

    private static void storeLong(FileChannel file, int offset, long value) throws IOException {
        file.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value), offset);
    }
}
