package io.sdros.shm.reader;

import io.sdros.shm.reader.RegionFile.Opened;
import java.util.Optional;

/**
 * Opens a region file on a thread of its own, for a thread that may have touched pages that vanished. The VM's late news of
 * them comes up at whatever call that thread is making; in the middle of mapping a file it would leave a mapping that nobody
 * can undo. What was opened stays here until {@link #taken}, so it is not lost either when the news comes up in the waiting.
 *
 * <p>For one thread.
 */
final class RegionOpener {

    private final RegionFile file;
    private Optional<Attempt> attempt = Optional.empty();

    RegionOpener(RegionFile file) {
        this.file = file;
    }

    /** Opens, or answers again what was opened and not taken. Waits also while interrupted, and stays so. */
    Opened open() {
        if (attempt.isEmpty() || attempt.get().failed()) {
            Attempt begun = new Attempt(file);
            attempt = Optional.of(begun);
            begun.start();
        }
        return attempt.get().await();
    }

    /** The answer of {@link #open} has found its place. */
    void taken() {
        attempt = Optional.empty();
    }

    private static final class Attempt extends Thread {

        private final RegionFile file;
        /** Written by this thread, read once isAlive() or join() has shown that it ended, which orders the two. */
        private Optional<Opened> result = Optional.empty();

        Attempt(RegionFile file) {
            super("shm-open");
            this.file = file;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                result = Optional.of(file.open());
            } catch (RuntimeException | Error e) {
                result = Optional.of(Opened.failed(AttachState.UNREADABLE, e.toString()));
            }
        }

        /** Whether it ended, or never began, without a result. */
        boolean failed() {
            return !isAlive() && result.isEmpty();
        }

        Opened await() {
            boolean interrupted = false;
            while (isAlive()) {
                try {
                    join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return result.orElseGet(() -> Opened.failed(AttachState.UNREADABLE, "could not be opened"));
        }
    }
}
