package io.sdros.server.demo;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a demo keeps its region. Nothing can be tidied up by a process that is killed, so whoever makes a folder first
 * removes those of its own user whose demos are gone. A living demo holds a lock on a file in its folder, which the
 * kernel lets go of with the process; unlike a process id that means the same in every container.
 *
 * <p>One per process: to close any other channel of a locked file would let go of its lock.
 */
public final class DemoFolder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DemoFolder.class);

    private static final String PREFIX = "sdr-demo-";
    private static final String LOCK = "lock";
    private static final int ATTEMPTS = 10;

    private final Path folder;
    private final FileChannel channel;

    private DemoFolder(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Makes a folder, after removing what dead demos have left in {@code parent}.
     *
     * @throws IOException if none can be made
     */
    public static DemoFolder in(Path parent) throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Path folder = Files.createTempDirectory(parent, PREFIX);
            FileChannel channel = newLockFile(folder);
            FileLock lock = channel.tryLock();
            // Another demo that starts now may have found the file before it was locked, and taken it for a dead one's.
            if (lock != null && Files.exists(folder.resolve(LOCK))) {
                removeLeftovers(parent, folder);
                return new DemoFolder(folder, channel);
            }
            channel.close();
        }
        throw new IOException("other demos that start just now took " + ATTEMPTS + " new folders in " + parent + " away");
    }

    private static FileChannel newLockFile(Path folder) throws IOException {
        try {
            return FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            remove(folder);
            throw e;
        }
    }

    public Path resolve(String name) {
        return folder.resolve(name);
    }

    private static void removeLeftovers(Path parent, Path own) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path folder : folders) {
                if (!folder.equals(own) && isOfDeadDemo(folder, own)) {
                    remove(folder);
                    log.info("Removed {}, which a demo that was killed had left", folder);
                }
            }
        } catch (IOException | RuntimeException e) {
            // This demo has its folder; what others left is no reason not to start.
            log.warn("What earlier demos left in {} could not be removed: {}", parent, e.toString());
        }
    }

    /** What has no lock file may be of another program, or of a demo that has only just made it. */
    private static boolean isOfDeadDemo(Path folder, Path own) {
        Path file = folder.resolve(LOCK);
        try {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(own))) {
                return false;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                    FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
                return lock != null;
            }
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    private static void remove(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }

    /** Removes it with all that is in it. */
    @Override
    public void close() {
        try {
            remove(folder);
            channel.close();
        } catch (IOException e) {
            log.warn("The demo's folder {} could not be removed: {}", folder, e.toString());
        }
    }
}
