package io.sdros.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.FrameHeaderLayout;
import io.sdros.shm.protocol.RegionLayout;
import io.sdros.shm.reader.PollMode;
import io.sdros.shm.reader.ReadOutcome;
import io.sdros.shm.reader.ReaderStatistics;
import io.sdros.shm.reader.ShmFrameStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real reader of a region that is written by hand, so that the numbers of frames can be chosen. */
class ReaderMetricsTest {

    private static final long FIRST_SEQUENCE = -1_000_000;
    private static final byte[] PAYLOAD = {0, 0, 0, 1, 0x65};

    @TempDir
    private Path folder;
    private FileChannel region;
    private ShmFrameStream stream;
    private long sequence = FIRST_SEQUENCE;

    @BeforeEach
    void start() throws IOException {
        Path file = folder.resolve("frames");
        region = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        region.write(ByteBuffer.allocate(4096));
        stream = ShmFrameStream.builder(file).expectedRegionBytes(4096).pollMode(PollMode.ADAPTIVE).listener(frame -> { }).build();
    }

    @AfterEach
    void stop() throws IOException {
        stream.close();
        region.close();
    }

    @Test
    @Timeout(30)
    void eachNumberIsTheReaders() throws IOException {
        ReaderStatistics counted = stream.statistics();
        stream.start();
        await(counted::attaches, 1);
        for (int number = 1; number <= 4; number++) {
            write(number, FrameFlags.KEYFRAME, true);
            await(counted::framesRead, number);
        }
        write(8, 0, true);
        await(counted::skippedNonKeyframes, 1);
        write(9, 0, true);
        await(counted::skippedNonKeyframes, 2);
        write(10, FrameFlags.KEYFRAME, true);
        await(counted::framesRead, 5);
        write(11, FrameFlags.KEYFRAME, false);
        await(() -> counted.failures(ReadOutcome.CRC_MISMATCH), 1);

        Map<String, Double> samples = new PrometheusText(new MetricsRegistry("1", List.of(
                new ReaderMetrics(counted, () -> true))).scrape()).samples();

        assertThat(samples).containsAllEntriesOf(Map.of(
                "sdr_frames_lost_total", 3.0,
                "sdr_attaches_total", 1.0,
                "sdr_writer_restarts_total", 0.0,
                "sdr_read_failures_total{reason=\"crc_mismatch\",}", 1.0,
                "sdr_read_failures_total{reason=\"torn_read\",}", 0.0,
                "sdr_reading", 1.0,
                "sdr_history", 0.0,
                "sdr_history_laps_total", 0.0,
                "sdr_history_skips_total", 0.0,
                "sdr_shm_sequence", Math.scalb((double) (sequence >>> 1), 1)));
        assertThat(samples.get("sdr_last_frame_age_seconds")).isBetween(0.0, 30.0);
    }

    /** Writes a frame as a producer does: the sequence last. */
    private void write(long number, int flags, boolean rightCrc) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(PAYLOAD);
        ByteBuffer bytes = ByteBuffer.allocate(RegionLayout.PAYLOAD_OFFSET + PAYLOAD.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(RegionLayout.WRITE_LENGTH_OFFSET, FrameHeaderLayout.HEADER_BYTES + PAYLOAD.length);
        new FrameHeader(number, number, PAYLOAD.length, flags, Codecs.H264, rightCrc ? (int) crc.getValue() : 1, 0)
                .encode(bytes, RegionLayout.HEADER_OFFSET);
        bytes.put(RegionLayout.PAYLOAD_OFFSET, PAYLOAD);
        region.write(bytes.position(RegionLayout.WRITE_LENGTH_OFFSET), RegionLayout.WRITE_LENGTH_OFFSET);
        bytes.putLong(RegionLayout.SEQUENCE_OFFSET, ++sequence);
        region.write(bytes.clear().limit(Long.BYTES), RegionLayout.SEQUENCE_OFFSET);
    }

    private static void await(LongSupplier count, long expected) {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (count.getAsLong() != expected && System.nanoTime() < deadlineNanos) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        assertThat(count.getAsLong()).isEqualTo(expected);
    }
}
