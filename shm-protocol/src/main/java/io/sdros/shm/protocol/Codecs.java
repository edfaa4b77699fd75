package io.sdros.shm.protocol;

/** Values of the header's codec field. Values not named here pass through unchanged. */
public final class Codecs {

    /** One H.264 access unit in Annex B byte-stream format. */
    public static final int H264 = 1;

    /** One HEVC access unit in Annex B byte-stream format. */
    public static final int HEVC = 2;

    /** One JPEG image. */
    public static final int JPEG = 3;

    private Codecs() {
    }

    /** A short name for people and metric labels; {@code unknown-N} for a value not named here. */
    public static String name(int codec) {
        return switch (codec) {
            case H264 -> "h264";
            case HEVC -> "hevc";
            case JPEG -> "jpeg";
            default -> "unknown-" + codec;
        };
    }
}
