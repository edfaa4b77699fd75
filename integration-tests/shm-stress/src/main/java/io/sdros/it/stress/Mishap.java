package io.sdros.it.stress;

/** What can happen to a region and its writer. */
enum Mishap {
    /** SIGKILL at a random moment, mid-frame as likely as not; the next writer uses the same file. */
    KILL(true),
    /** SIGKILL, and the file goes, too. */
    KILL_AND_DELETE(true),
    /** The file goes; its writer does not notice and writes on. */
    DELETE_UNDER_WRITER(true),
    /** Another file with another writer is renamed over the path; the old writer writes on. */
    REPLACE(true),
    /** The file is cut to the given size while it is written and read. */
    TRUNCATE_TO_0(true), TRUNCATE_TO_8(true), TRUNCATE_TO_20(true), TRUNCATE_TO_HALF(true),
    /** Cut somewhere in the history's ring, or in its descriptor; a file without a history becomes longer. */
    TRUNCATE_IN_RING(true), TRUNCATE_IN_DESCRIPTOR(true),
    /** The history says that it is another one, while it is written and read. */
    OTHER_EPOCH(true),
    /** The file becomes longer; its writer goes on. */
    GROW(false),
    /** Nobody may read the file for a while, unless root; then another writer comes. */
    FORBID(true),
    /** The folder is renamed and another one made in its place. */
    FOLDER_REPLACED(true),
    /** The folder is renamed and comes back, with its writer at work. */
    FOLDER_AWAY_AND_BACK(false);

    private final boolean newWriter;

    Mishap(boolean newWriter) {
        this.newWriter = newWriter;
    }

    /** Whether it takes another writer to go on. */
    boolean newWriter() {
        return newWriter;
    }
}
