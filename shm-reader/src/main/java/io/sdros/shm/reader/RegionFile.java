package io.sdros.shm.reader;

import io.sdros.shm.protocol.RegionLayout;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** Opens the region file, and tells whether what was opened is still what the path leads to. */
final class RegionFile {

    private static final int MAX_RACES = 3;
    private static final int DENIALS_WORDED_ONCE = 20;
    /** The part of a mode that says what kind of file it is, and its values; as in Linux's {@code stat(2)}. */
    private static final int FILE_TYPE = 0_170000;
    private static final int PIPE = 0_010000;
    private static final int CHARACTER_DEVICE = 0_020000;
    private static final int BLOCK_DEVICE = 0_060000;
    private static final int SOCKET = 0_140000;

    /**
     * What opening came to.
     *
     * @param region present exactly if attached
     * @param reason for people, without the path
     */
    record Opened(AttachState state, String reason, Optional<AttachedRegion> region) {

        static Opened failed(AttachState state, String reason) {
            return new Opened(state, reason, Optional.empty());
        }
    }

    /** What became of an opened file. */
    enum Change { NONE, GROWN, TRUNCATED, REPLACED, REMOVED, OUT_OF_SIGHT, BROKEN }

    private final Path path;
    private final ReadBuffer buffer = new ReadBuffer();
    private int denials;
    private String denial = "";

    RegionFile(Path path) {
        this.path = path;
    }

    /** Opens the file, read-only. Expected trouble is an answer, not an exception. */
    Opened open() {
        try {
            for (int i = 0; i < MAX_RACES; i++) {
                Optional<Opened> opened = tryOpen();
                if (opened.isPresent()) {
                    return opened.get();
                }
            }
            return Opened.failed(AttachState.UNREADABLE, "replaced again and again while being opened");
        } catch (NoSuchFileException e) {
            return Opened.failed(AttachState.ABSENT, absence());
        } catch (AccessDeniedException e) {
            return Opened.failed(AttachState.UNREADABLE, denial());
        } catch (FileSystemException e) {
            String reason = e.getReason();
            return Opened.failed(AttachState.UNREADABLE, reason == null ? e.toString() : reason);
        } catch (IOException e) {
            return Opened.failed(AttachState.UNREADABLE, e.toString());
        }
    }

    /** Worked out now and then only: users' names may have to be asked for far away. */
    private String denial() {
        if (denials++ % DENIALS_WORDED_ONCE == 0) {
            denial = AccessDenial.reason(path);
        }
        return denial;
    }

    private String absence() {
        Path folder = path.toAbsolutePath().getParent();
        return folder != null && Files.notExists(folder) ? "its folder does not exist" : "does not exist";
    }

    /** Empty if the path led to another file afterwards than before. */
    private Optional<Opened> tryOpen() throws IOException {
        BasicFileAttributes before = attributes();
        // Not only for the message: opening a pipe would wait for somebody to write into it.
        if (!before.isRegularFile()) {
            return Optional.of(Opened.failed(AttachState.UNREADABLE, kind(before) + ", not a regular file"));
        }
        if (before.size() < RegionLayout.MIN_REGION_BYTES) {
            return Optional.of(tooShort(before.size()));
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        boolean keep = false;
        try {
            long sizeBytes = channel.size();
            if (sizeBytes < RegionLayout.MIN_REGION_BYTES) {
                return Optional.of(tooShort(sizeBytes));
            }
            if (!key(attributes()).equals(key(before))) {
                return Optional.empty();
            }
            denials = 0;
            AttachedRegion region = new AttachedRegion(channel, buffer, sizeBytes, key(before));
            keep = true;
            return Optional.of(new Opened(AttachState.ATTACHED, sizeBytes + " bytes", Optional.of(region)));
        } finally {
            if (!keep) {
                channel.close();
            }
        }
    }

    private String kind(BasicFileAttributes attributes) {
        if (attributes.isDirectory()) {
            return "is a folder";
        }
        try {
            return switch ((int) Files.getAttribute(path, "unix:mode") & FILE_TYPE) {
                case PIPE -> "is a named pipe";
                case CHARACTER_DEVICE, BLOCK_DEVICE -> "is a device";
                case SOCKET -> "is a socket";
                default -> "is something else";
            };
        } catch (IOException | UnsupportedOperationException e) {
            return "is something else";
        }
    }

    private static Opened tooShort(long sizeBytes) {
        return Opened.failed(AttachState.TOO_SHORT,
                "has " + sizeBytes + " bytes; the smallest region has " + RegionLayout.MIN_REGION_BYTES);
    }

    /** What became of an opened file. If the path cannot be looked at, the size may still tell. */
    Change changeOf(AttachedRegion region) {
        try {
            if (!key(attributes()).equals(region.fileKey())) {
                return Change.REPLACED;
            }
        } catch (NoSuchFileException e) {
            return Change.REMOVED;
        } catch (IOException e) {
            Change change = sizeChange(region);
            return change == Change.NONE ? Change.OUT_OF_SIGHT : change;
        }
        return sizeChange(region);
    }

    /** Whether the path leads to the file with that key, as far as can be seen. */
    boolean isFile(Optional<Object> key) {
        try {
            return key(attributes()).equals(key);
        } catch (IOException e) {
            return false;
        }
    }

    private static Change sizeChange(AttachedRegion region) {
        int compared = Long.signum(region.growthBytes());
        if (!region.source().failure().isEmpty()) {
            return Change.BROKEN;
        }
        if (compared == 0) {
            return Change.NONE;
        }
        return compared > 0 ? Change.GROWN : Change.TRUNCATED;
    }

    private BasicFileAttributes attributes() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class);
    }

    private static Optional<Object> key(BasicFileAttributes attributes) {
        return Optional.ofNullable(attributes.fileKey());
    }
}
