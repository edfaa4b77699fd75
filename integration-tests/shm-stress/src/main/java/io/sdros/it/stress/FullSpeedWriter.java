package io.sdros.it.stress;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.FrameHeaderLayout;
import io.sdros.shm.protocol.HistoryLayout;
import io.sdros.shm.protocol.HistoryRecordLayout;
import io.sdros.shm.protocol.MappedShmWriter;
import io.sdros.shm.protocol.RegionLayout;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Child process: writes frames as fast as it can until it is killed or its standard input ends. */
final class FullSpeedWriter {

    /** Storing by position takes five calls of the system. */
    private static final int CALLS_SPINS = 10;

    private FullSpeedWriter() {
    }

    /** Arguments: writer kind, region path, region bytes, contents file. */
    public static void main(String[] args) throws IOException {
        Path region = Path.of(args[1]);
        int regionBytes = Integer.parseInt(args[2]);
        FrameContents contents = FrameContents.load(Path.of(args[3]));
        endWithStandardInput();
        switch (WriterKind.valueOf(args[0])) {
            case SHM_WRITER -> withPauses(ShmWriter.builder(region).regionBytes(regionBytes).historyBytes(0).open(), contents);
            case SHM_HISTORY ->
                withoutPauses(MappedShmWriter.open(region, regionBytes, smallestRingBytes(regionBytes)), contents);
            case SHM_HISTORY_BY_POSITION -> withoutPauses(ShmWriter.builder(region).regionBytes(regionBytes)
                    .historyBytes(smallestRingBytes(regionBytes)).bell(false).open(), contents);
            case JAVA_LEGACY -> oldOrder(region, regionBytes, contents);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    static void endWithStandardInput() {
        Thread watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    continue;
                }
            } catch (IOException e) {
                System.err.println("standard input: " + e);
            }
            Runtime.getRuntime().halt(0);
        }, "standard-input");
        watch.setDaemon(true);
        watch.start();
    }

    /**
     * Nothing in every other stretch of 256 frames; else up to some times as long as storing the frame takes, so
     * that readers meet whole frames, too.
     */
    private static void pause(long seq, int storingSpins) {
        if ((seq & 256) != 0) {
            for (long spins = (seq * 31 & 127) * storingSpins; spins > 0; spins--) {
                Thread.onSpinWait();
            }
        }
    }

    /** The smallest ring that takes every frame of the region. */
    private static int smallestRingBytes(int regionBytes) {
        long recordBytes = HistoryRecordLayout.recordBytes(RegionLayout.maxPayloadBytes(regionBytes));
        int ringBytes = HistoryLayout.MIN_RING_BYTES;
        while (HistoryLayout.maxRecordBytes(ringBytes) < recordBytes) {
            ringBytes *= 2;
        }
        return ringBytes;
    }

    private static void withPauses(ShmWriter writer, FrameContents contents) {
        System.out.println("open");
        for (long seq = 1; ; seq++) {
            pause(seq, CALLS_SPINS + contents.sizeBytes(seq) / 1024);
            write(writer, seq, contents);
        }
    }

    /** Out of a history every frame is read whole, be the writer as fast as it likes. */
    private static void withoutPauses(ShmWriter writer, FrameContents contents) {
        System.out.println("open");
        for (long seq = 1; ; seq++) {
            write(writer, seq, contents);
        }
    }

    private static void write(ShmWriter writer, long seq, FrameContents contents) {
        if (!writer.write(contents.payload(seq), FrameContents.FRAME_ID_FACTOR * seq, FrameContents.flags(seq),
                Codecs.H264)) {
            throw new IllegalStateException("frame " + seq + " was refused");
        }
    }

    /** Header, payload, write length, sequence; no mark, no barrier. */
    private static void oldOrder(Path path, int regionBytes, FrameContents contents) throws IOException {
        ByteBuffer region;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            region = channel.map(FileChannel.MapMode.READ_WRITE, 0, regionBytes).order(ByteOrder.LITTLE_ENDIAN);
        }
        region.putLong(RegionLayout.SEQUENCE_OFFSET, 0).putLong(RegionLayout.WRITE_LENGTH_OFFSET, 0);
        System.out.println("open");
        for (long seq = 1; ; seq++) {
            pause(seq, 1 + contents.sizeBytes(seq) / 8192);
            ByteBuffer payload = contents.payload(seq);
            int size = payload.remaining();
            new FrameHeader(FrameContents.FRAME_ID_FACTOR * seq, seq, size, FrameContents.flags(seq), Codecs.H264,
                    contents.crc32(seq), 0).encode(region, RegionLayout.HEADER_OFFSET);
            region.put(RegionLayout.PAYLOAD_OFFSET, payload, 0, size);
            region.putLong(RegionLayout.WRITE_LENGTH_OFFSET, FrameHeaderLayout.HEADER_BYTES + size);
            region.putLong(RegionLayout.SEQUENCE_OFFSET, seq);
        }
    }
}
