package io.sdros.shm.reader;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameCrc;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.RegionLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A region whose every byte a test can set, in memory or in a file. Frames are stored whole, in one go. */
final class RegionImage {

    private final ByteBuffer memory;
    private final MemorySource region;

    private RegionImage(ByteBuffer memory) {
        this.memory = memory.order(ByteOrder.LITTLE_ENDIAN);
        this.region = new MemorySource(memory);
    }

    static RegionImage inMemory(int bytes) {
        return new RegionImage(ByteBuffer.allocateDirect(bytes));
    }

    /** Creates the file or makes it at least that long; what it holds stays. */
    static RegionImage inFile(Path path, int bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new RegionImage(channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes));
        }
    }

    MemorySource region() {
        return region;
    }

    ByteBuffer memory() {
        return memory;
    }

    RegionImage sequence(long sequence) {
        memory.putLong(RegionLayout.SEQUENCE_OFFSET, sequence);
        return this;
    }

    RegionImage writeLength(long writeLength) {
        memory.putLong(RegionLayout.WRITE_LENGTH_OFFSET, writeLength);
        return this;
    }

    RegionImage header(FrameHeader header) {
        header.encode(memory, RegionLayout.HEADER_OFFSET);
        return this;
    }

    RegionImage payload(byte... payload) {
        memory.put(RegionLayout.PAYLOAD_OFFSET, payload);
        return this;
    }

    static FrameHeader headerOf(long frameSeq, boolean keyframe, byte... payload) {
        return new FrameHeader(1000 + frameSeq, frameSeq, payload.length, keyframe ? FrameFlags.KEYFRAME : 0,
                Codecs.H264, FrameCrc.of(ByteBuffer.wrap(payload)), 0);
    }

    /** A frame with its own header, committed. */
    RegionImage commit(long sequence, FrameHeader header, byte... payload) {
        return header(header).payload(payload).writeLength(32 + payload.length).sequence(sequence);
    }

    /** A good keyframe. */
    RegionImage key(long sequence, long frameSeq) {
        byte[] payload = payloadOf(frameSeq);
        return commit(sequence, headerOf(frameSeq, true, payload), payload);
    }

    /** A good frame that needs the ones before it. */
    RegionImage delta(long sequence, long frameSeq) {
        byte[] payload = payloadOf(frameSeq);
        return commit(sequence, headerOf(frameSeq, false, payload), payload);
    }

    static byte[] payloadOf(long frameSeq) {
        return new byte[] {(byte) frameSeq, (byte) (frameSeq >> 8), 3, 4, 5};
    }
}
