package io.sdros.it.support;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;

/** The 32-byte header and the payload of one frame, as they stand in the region and in a video message. */
public record VideoFrame(byte[] headerAndPayload) {

    public static final int HEADER_BYTES = 32;
    public static final int KEYFRAME = 0x0001;
    public static final int H264 = 1;

    /** Builds a frame with a right CRC. */
    public static VideoFrame of(long frameId, long frameSeq, int flags, int codec, byte[] payload) {
        CRC32 crc = new CRC32();
        crc.update(payload);
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(frameId).putLong(frameSeq).putInt(payload.length).putShort((short) flags)
                .putShort((short) codec).putInt((int) crc.getValue()).putInt(0).put(payload);
        return new VideoFrame(bytes.array());
    }

    private ByteBuffer littleEndian() {
        return ByteBuffer.wrap(headerAndPayload).order(ByteOrder.LITTLE_ENDIAN);
    }

    public long frameId() {
        return littleEndian().getLong(0);
    }

    public long frameSeq() {
        return littleEndian().getLong(8);
    }

    public long sizeBytes() {
        return Integer.toUnsignedLong(littleEndian().getInt(16));
    }

    public int flags() {
        return Short.toUnsignedInt(littleEndian().getShort(20));
    }

    public int codec() {
        return Short.toUnsignedInt(littleEndian().getShort(22));
    }

    public boolean keyframe() {
        return (flags() & KEYFRAME) != 0;
    }

    public byte[] payload() {
        return Arrays.copyOfRange(headerAndPayload, HEADER_BYTES, headerAndPayload.length);
    }

    @Override
    public String toString() {
        return "frame id " + frameId() + " seq " + frameSeq() + (keyframe() ? " KEY " : " ") + sizeBytes() + " bytes";
    }
}
