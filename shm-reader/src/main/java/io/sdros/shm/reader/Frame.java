package io.sdros.shm.reader;

import io.sdros.shm.protocol.FrameHeader;
import io.sdros.shm.protocol.FrameHeaderLayout;
import java.nio.ByteBuffer;

/**
 * One frame in private memory: spare bytes in front, the 32 header bytes as they were in the region, the payload.
 *
 * <p>The bytes belong to whoever received the frame first, who may fill the spare ones and put right what is wrong in
 * the others before the frame is passed on. From then on they do not change, and any thread may read them.
 */
public final class Frame {

    private final byte[] array;
    private final int headerOffset;
    private final FrameHeader header;
    private final long readNanos;
    private final long captureNanos;
    private final long commitNanos;
    private final boolean commitKnown;

    Frame(byte[] array, int headerOffset, FrameHeader header, ReadTimes times) {
        this.array = array;
        this.headerOffset = headerOffset;
        this.header = header;
        this.readNanos = times.readNanos();
        this.captureNanos = times.captureNanos();
        this.commitNanos = times.commitNanos();
        this.commitKnown = times.commitKnown();
    }

    /** The header, decoded. */
    public FrameHeader header() {
        return header;
    }

    /** Number the producer gave the frame (u64). */
    public long frameId() {
        return header.frameId();
    }

    /** Number of the frame among all that were written (u64). */
    public long frameSeq() {
        return header.frameSeq();
    }

    /** Payload bytes. */
    public int sizeBytes() {
        return (int) header.sizeBytes();
    }

    /** See {@link io.sdros.shm.protocol.FrameFlags}. */
    public int flags() {
        return header.flags();
    }

    /** See {@link io.sdros.shm.protocol.Codecs}. */
    public int codec() {
        return header.codec();
    }

    /** The CRC the header carries, checked only if the reader checks CRCs. */
    public int crc32() {
        return header.crc32();
    }

    /** Whether a decoder can start with this frame. */
    public boolean keyframe() {
        return header.keyframe();
    }

    /** The payload, read-only; every call makes a new view. */
    public ByteBuffer payload() {
        return ByteBuffer.wrap(array, headerOffset + FrameHeaderLayout.HEADER_BYTES, sizeBytes())
                .slice()
                .asReadOnlyBuffer();
    }

    /** Header bytes and payload, read-only; every call makes a new view. */
    public ByteBuffer headerAndPayload() {
        return ByteBuffer.wrap(array, headerOffset, lengthBytes()).slice().asReadOnlyBuffer();
    }

    /** The memory itself, not a copy: exactly the spare bytes, the header and the payload. */
    public byte[] array() {
        return array;
    }

    /** Where the header starts in {@link #array}; also the number of spare bytes. */
    public int headerOffset() {
        return headerOffset;
    }

    /** Header and payload together, in bytes. */
    public int lengthBytes() {
        return array.length - headerOffset;
    }

    /** What the reader's clock said when the frame's commit sequence was seen. */
    public long readNanos() {
        return readNanos;
    }

    /** When the picture was taken, in nanoseconds of the machine's {@link System#nanoTime}; 0 = nobody says. */
    public long captureTimeNanos() {
        return captureNanos;
    }

    /**
     * When the frame was committed, in nanoseconds of the machine's {@link System#nanoTime}; {@link #readNanos} where the
     * producer does not say.
     */
    public long commitTimeNanos() {
        return commitNanos;
    }

    /** Whether the producer says when the frame was committed. Only a history has a place for that. */
    public boolean commitTimeKnown() {
        return commitKnown;
    }
}
