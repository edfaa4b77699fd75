package io.sdros.shm.reader;

import java.io.IOException;
import java.io.RandomAccessFile;

/**
 * Closes region files on threads of their own. What the VM has yet to report of a page that vanished comes up in the
 * thread that touched it, at whatever call that is just then making. In the middle of a file's {@code close()}, which
 * Java 17's compiled code makes likely, it would leave a descriptor open that nobody can close any more.
 */
final class FileCloser {

    private FileCloser() {
    }

    /** Closes soon. Any thread; again does no harm. */
    static void closeElsewhere(RandomAccessFile file) {
        Thread closer = new Thread(() -> close(file), "shm-close");
        closer.setDaemon(true);
        try {
            closer.start();
        } catch (OutOfMemoryError e) {
            // No thread is to be had: better a descriptor that may be lost than one that surely is.
            close(file);
        }
    }

    private static void close(RandomAccessFile file) {
        try {
            file.close();
        } catch (IOException e) {
            // Nothing was written; there is nothing to lose and nobody to act on it.
            return;
        }
    }
}
