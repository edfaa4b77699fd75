package io.sdros.shm.reader;

/** Why a frame does not continue the one before it. */
public enum Discontinuity {

    /** Frames between the two were written but not read. */
    GAP,

    /** The writer has started over, or it is another writer. */
    WRITER_RESTART,

    /** Frames passed unread because nobody wanted them; they do not count as lost. */
    RESUMED
}
