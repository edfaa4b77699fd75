package io.sdros.server.bitstream;

/** The beginning of a slice. Filled again and again; one thread. */
final class SliceStart {
    /** Whether the slice is the first of its picture. */
    boolean beginsPicture;
    /** Whether pictures from both sides may be referred to; known of H.264 only. */
    boolean bidirectional;
    /** Which PPS is in force. */
    int ppsId;
}
