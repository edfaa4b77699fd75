package io.sdros.shm.protocol;

/** Bits of the header's flags field. Bits not named here pass through unchanged. */
public final class FrameFlags {

    /** A decoder can start with this frame. */
    public static final int KEYFRAME = 0x0001;

    /** Reserved: writers with a single slot never set it. */
    public static final int WRAP_MARKER = 0x0002;

    private FrameFlags() {
    }

    /** True if the flag says so, and for JPEG always: every JPEG frame stands alone. */
    public static boolean isKeyframe(int flags, int codec) {
        return (flags & KEYFRAME) != 0 || codec == Codecs.JPEG;
    }
}
