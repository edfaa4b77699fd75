package io.sdros.it.jmh;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.RegionLayout;
import io.sdros.shm.protocol.ShmWriter;
import io.sdros.shm.reader.Frame;
import io.sdros.shm.reader.FrameReader;
import io.sdros.shm.reader.ReadOutcome;
import io.sdros.shm.reader.RegionSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One successful read attempt, against nothing but the copy and the CRC it cannot do without.
 *
 * <p>Before each read the region's sequence and the header's number are raised in place, by all benchmarks alike: three
 * stores to lines that are in the cache. The payload is not written again, so it comes from wherever it lies: for
 * large frames that is the same memory in all benchmarks.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
// A heap whose pages are all there: else the first touch of each page is most of what large frames cost.
@Fork(value = 2, jvmArgsAppend = {"-Xms256m", "-Xmx256m", "-Xmn64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"})
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
// Many short ones, so that the median leaves out those in which the machine did something else.
@Measurement(iterations = 25, time = 40, timeUnit = TimeUnit.MILLISECONDS)
public class ReadCost {

    private static final int FRAME_SEQ_OFFSET = RegionLayout.HEADER_OFFSET + Long.BYTES;

    /** Payload bytes. */
    @Param({"1024", "16384", "262144", "1048576"})
    public int payloadBytes;

    private Path file;
    private ByteBuffer mapping;
    private FileChannel channel;
    private FrameReader withCrc;
    private FrameReader withoutCrc;
    private FrameReader withFixedClock;
    private byte[] reused;
    private int lengthBytes;
    private long number = 1;

    /** Writes one frame; opens the region, and maps it to raise its numbers. */
    @Setup
    public void open() throws IOException {
        file = Files.createTempFile(Path.of("/dev/shm"), "sdr-jmh-", "");
        byte[] payload = new byte[payloadBytes];
        new Random(1).nextBytes(payload);
        try (ShmWriter writer = ShmWriter.builder(file).open()) {
            writer.write(ByteBuffer.wrap(payload), 1, FrameFlags.KEYFRAME, Codecs.H264);
        }
        channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        mapping = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size()).order(ByteOrder.LITTLE_ENDIAN);
        RegionSource region = RegionSource.of(channel);
        withCrc = FrameReader.builder(region).headroomBytes(11).build();
        withoutCrc = FrameReader.builder(region).headroomBytes(11).crcEnabled(false).build();
        withFixedClock = FrameReader.builder(region).headroomBytes(11).nanoClock(() -> 1).build();
        lengthBytes = 32 + payloadBytes;
        reused = new byte[11 + lengthBytes];
    }

    /** Removes the region. */
    @TearDown
    public void close() throws IOException {
        channel.close();
        Files.delete(file);
    }

    private void nextFrame() {
        mapping.putLong(FRAME_SEQ_OFFSET, ++number);
        mapping.putLong(RegionLayout.WRITE_LENGTH_OFFSET, lengthBytes);
        mapping.putLong(RegionLayout.SEQUENCE_OFFSET, number);
    }

    /** The shipped reader. */
    @Benchmark
    public Frame read() {
        nextFrame();
        return read(withCrc);
    }

    /** What is left without a look at the clock. */
    @Benchmark
    public Frame readWithFixedClock() {
        nextFrame();
        return read(withFixedClock);
    }

    /** The shipped reader without CRC. */
    @Benchmark
    public Frame readWithoutCrc() {
        nextFrame();
        return read(withoutCrc);
    }

    /** A look that finds nothing new. */
    @Benchmark
    public long look() {
        return withCrc.look();
    }

    private static Frame read(FrameReader reader) {
        // Without CRC, the first frame of a writer is held back for a moment.
        ReadOutcome outcome = reader.attempt();
        while (outcome != ReadOutcome.FRAME) {
            outcome = reader.attempt();
        }
        return reader.frame();
    }

    /** The least a reader can do that hands over what it read: an array of its own, a copy, a CRC. */
    @Benchmark
    public long copyAndCrc() {
        nextFrame();
        byte[] copy = new byte[11 + lengthBytes];
        mapping.get(RegionLayout.HEADER_OFFSET, copy, 11, lengthBytes);
        CRC32 crc = new CRC32();
        crc.update(copy, 11 + 32, payloadBytes);
        return crc.getValue();
    }

    /** The same without a new array: for a reader that keeps what it read to itself. */
    @Benchmark
    public long copyAndCrcReused() {
        nextFrame();
        mapping.get(RegionLayout.HEADER_OFFSET, reused, 11, lengthBytes);
        CRC32 crc = new CRC32();
        crc.update(reused, 11 + 32, payloadBytes);
        return crc.getValue();
    }

    /** An array and a copy. */
    @Benchmark
    public byte[] copy() {
        nextFrame();
        byte[] copy = new byte[11 + lengthBytes];
        mapping.get(RegionLayout.HEADER_OFFSET, copy, 11, lengthBytes);
        return copy;
    }
}
