package io.sdros.it.reader;

import io.sdros.it.support.VideoFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.NoSuchElementException;

/**
 * The records of a region's history, from the contract alone and by one who trusts the writer: nothing that was
 * overwritten meanwhile is noticed. From the beginning on; one thread.
 */
final class HistoryRecords implements AutoCloseable {

    static final int DESCRIPTOR_BYTES = 4096;
    static final int TAIL_INTENT = 64;
    static final int TAIL = 128;
    static final int LATEST = 192;
    static final int LATEST_KEYFRAME = 256;
    private static final int RING_OFFSET = 24;
    private static final int RING_BYTES = 32;
    private static final int EPOCH = 40;
    private static final int RECORD_HEAD_BYTES = 32;
    private static final int FRAME = 1;

    /** One record that is a frame. */
    record Entry(long position, long sequence, long captureNanos, long commitNanos, VideoFrame frame) {
    }

    private final FileChannel file;
    private final long descriptor;
    private final long ringOffset;
    private final long ringBytes;
    private long position;

    private HistoryRecords(FileChannel file) throws IOException {
        this.file = file;
        this.descriptor = file.size() - DESCRIPTOR_BYTES;
        byte[] magic = new byte[Long.BYTES];
        read(descriptor, magic.length).get(magic);
        if (!new String(magic, StandardCharsets.US_ASCII).equals("SDRHIST1")) {
            throw new AssertionError("the file has no history");
        }
        this.ringOffset = field(RING_OFFSET);
        this.ringBytes = field(RING_BYTES);
    }

    static HistoryRecords open(Path region) throws IOException {
        return new HistoryRecords(FileChannel.open(region));
    }

    /** A number of the descriptor, by its offset there. */
    long field(int offset) {
        return read(descriptor + offset, Long.BYTES).getLong();
    }

    long epoch() {
        return field(EPOCH);
    }

    /** Goes to the last record that lies at the beginning of the ring. */
    void startOfLap() {
        position = field(TAIL) / ringBytes * ringBytes;
    }

    /** Passes over all that is there. */
    void toTheEnd() {
        position = field(TAIL);
    }

    /** Whether a frame is there; passes over padding. */
    boolean hasNext() {
        while (position < field(TAIL)) {
            ByteBuffer head = read(at(position), Long.BYTES);
            int length = head.getInt();
            if (head.getInt() == FRAME) {
                return true;
            }
            position += length;
        }
        return false;
    }

    Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        ByteBuffer head = read(at(position), RECORD_HEAD_BYTES + VideoFrame.HEADER_BYTES);
        int length = head.getInt(0);
        byte[] frame = new byte[VideoFrame.HEADER_BYTES + head.getInt(RECORD_HEAD_BYTES + 16)];
        read(at(position) + RECORD_HEAD_BYTES, frame.length).get(frame);
        Entry entry = new Entry(position, head.getLong(8), head.getLong(16), head.getLong(24), new VideoFrame(frame));
        position += length;
        return entry;
    }

    private long at(long of) {
        return ringOffset + of % ringBytes;
    }

    private ByteBuffer read(long from, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (bytes.hasRemaining()) {
                if (file.read(bytes, from + bytes.position()) < 0) {
                    throw new AssertionError("the file ends before " + (from + length));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.flip();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
