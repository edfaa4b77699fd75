package io.sdros.shm.reader;

/** What a stream has of its region file. */
public enum AttachState {

    /** The stream has not been started, or it has stopped. */
    STOPPED,

    /** There is no file, or no folder for it. */
    ABSENT,

    /** The file cannot hold a frame; perhaps its writer has not given it its size yet. */
    TOO_SHORT,

    /** Something is there, but it is no regular file, or it cannot be looked at, opened or read. */
    UNREADABLE,

    /** The file is open, and frames are read from it. */
    ATTACHED
}
