package io.sdros.it.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A writer for tests that decide frame by frame what happens. Stores in the order of the writers out there: header,
 * payload, write length, sequence. For a stream at its own pace there is {@link PythonWriter}.
 */
public final class RegionWriter {

    public static final int DEFAULT_SIZE_BYTES = 4 * 1024 * 1024;

    private static final int SEQUENCE = 0;
    private static final int WRITE_LENGTH = 8;
    private static final int HEADER = 16;
    private static final VarHandle LONG =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer region;
    private long frames;
    private long sequence;

    private RegionWriter(ByteBuffer region) {
        this.region = region;
    }

    /** Creates or reuses the file, gives it its size, and zeroes bytes 0 to 15. */
    public static RegionWriter open(Path path) {
        try (FileChannel channel = FileChannel.open(path,
                StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, DEFAULT_SIZE_BYTES);
            map.order(ByteOrder.LITTLE_ENDIAN).putLong(SEQUENCE, 0).putLong(WRITE_LENGTH, 0);
            return new RegionWriter(map);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number that the next frame gets, as sequence and as frame_seq; 1 at first. */
    public RegionWriter continueAt(long nextSequence) {
        sequence = nextSequence - 1;
        return this;
    }

    public VideoFrame keyframe(int payloadBytes) {
        return write(VideoFrame.KEYFRAME, VideoFrame.H264, payloadBytes);
    }

    public VideoFrame delta(int payloadBytes) {
        return write(0, VideoFrame.H264, payloadBytes);
    }

    public VideoFrame write(int flags, int codec, int payloadBytes) {
        return write(1001 + frames, flags, codec, payloadBytes);
    }

    public VideoFrame write(long frameId, int flags, int codec, int payloadBytes) {
        byte[] payload = new byte[payloadBytes];
        Arrays.fill(payload, (byte) (sequence + 1));
        return write(frameId, flags, codec, payload);
    }

    public VideoFrame write(long frameId, int flags, int codec, byte[] payload) {
        frames++;
        sequence++;
        VideoFrame frame = VideoFrame.of(frameId, sequence, flags, codec, payload);
        region.put(HEADER, frame.headerAndPayload());
        LONG.setRelease(region, WRITE_LENGTH, (long) frame.headerAndPayload().length);
        // Pairs with the server's acquire of the sequence.
        LONG.setRelease(region, SEQUENCE, sequence);
        return frame;
    }

    public long sequence() {
        return sequence;
    }
}
