package io.sdros.shm.reader;

/** What one read attempt came to. */
public enum ReadOutcome {

    /** Nothing is committed, or what is committed has been read, skipped or given up before. */
    NO_NEW_FRAME,

    /** The write length is less than a header or more than the region; a frame being written may be marked so. */
    INVALID_LENGTH,

    /** There is no room on the heap for a copy of the frame; reading goes on with the next one that fits. */
    OUT_OF_MEMORY,

    /** The writer was at work while the frame was copied. */
    TORN_READ,

    /** The header's size disagrees with the write length. */
    BAD_HEADER,

    /** The payload is not what the header's CRC was made from. */
    CRC_MISMATCH,

    /** A good frame that cannot be decoded, because frames before it are missing. */
    SKIPPED_NON_KEYFRAME,

    /** A good frame. */
    FRAME;

    /** Whether another attempt on the same sequence may end differently. */
    public boolean failure() {
        return switch (this) {
            case INVALID_LENGTH, OUT_OF_MEMORY, TORN_READ, BAD_HEADER, CRC_MISMATCH -> true;
            case NO_NEW_FRAME, SKIPPED_NON_KEYFRAME, FRAME -> false;
        };
    }
}
