package io.sdros.it.support;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;

/** Frames no correct writer leaves behind, each under the next sequence of an existing region. One thread. */
public final class DamagedFrames {

    private static final int SEQUENCE = 0;
    private static final int WRITE_LENGTH = 8;
    private static final int HEADER = 16;
    private static final int PAYLOAD_BYTES = 200_000;
    /** Takes long to copy, so that a change falls into it. */
    private static final int LONG_PAYLOAD_BYTES = 3_000_000;

    private final MappedByteBuffer region;

    private DamagedFrames(MappedByteBuffer region) {
        this.region = region;
    }

    public static DamagedFrames in(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
            map.order(ByteOrder.LITTLE_ENDIAN);
            return new DamagedFrames(map);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In a file that has that length and is empty otherwise. */
    public static DamagedFrames inNew(Path path, long bytes) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return in(path);
    }

    private long next() {
        return region.getLong(SEQUENCE) + 1;
    }

    private ByteBuffer intact(int payloadBytes) {
        return ByteBuffer.wrap(VideoFrame.of(1, next(), VideoFrame.KEYFRAME, VideoFrame.H264, new byte[payloadBytes])
                .headerAndPayload());
    }

    private void commit(ByteBuffer frame, long writeLength) {
        region.put(HEADER, frame, 0, frame.capacity());
        region.putLong(WRITE_LENGTH, writeLength);
        region.putLong(SEQUENCE, next());
    }

    public void invalidLength() {
        commit(intact(PAYLOAD_BYTES), 10);
    }

    /** Nothing is wrong with it but its size, of which only the length is stored. */
    public void ofBytes(int writeLength) {
        commit(intact(0), writeLength);
    }

    public void badHeader() {
        commit(intact(PAYLOAD_BYTES), VideoFrame.HEADER_BYTES + PAYLOAD_BYTES - 1);
    }

    public void crcMismatch() {
        ByteBuffer frame = withWrongCrc(PAYLOAD_BYTES);
        commit(frame, frame.capacity());
    }

    private ByteBuffer withWrongCrc(int payloadBytes) {
        ByteBuffer frame = intact(payloadBytes);
        return frame.put(frame.capacity() - 1, (byte) 1);
    }

    /**
     * A header that changes without pause for as long as the caller says. The CRC is wrong as well, or the frame would be
     * accepted as soon as this thread has to wait for a processor.
     */
    public void tornWhile(AtomicBoolean goOn) {
        ByteBuffer frame = withWrongCrc(LONG_PAYLOAD_BYTES);
        commit(frame, frame.capacity());
        for (int id = 0; goOn.get(); id++) {
            region.putInt(HEADER, id);
        }
    }
}
