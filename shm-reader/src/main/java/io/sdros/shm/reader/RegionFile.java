package io.sdros.shm.reader;

import io.sdros.shm.protocol.RegionBuffer;
import io.sdros.shm.protocol.RegionLayout;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
    record Opened(AttachState state, String reason, Optional<MappedRegion> region) {

        static Opened failed(AttachState state, String reason) {
            return new Opened(state, reason, Optional.empty());
        }
    }

    /** What became of an opened file. */
    enum Change { NONE, GROWN, TRUNCATED, REPLACED, REMOVED, OUT_OF_SIGHT }

    private final Path path;
    private final MappingLedger ledger;
    private int denials;
    private String denial = "";

    RegionFile(Path path, MappingLedger ledger) {
        this.path = path;
        this.ledger = ledger;
    }

    /** Opens and maps the file, read-only. Expected trouble is an answer, not an exception. */
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
        } catch (FileNotFoundException e) {
            return notOpened(e);
        } catch (FileSystemException e) {
            String reason = e.getReason();
            return Opened.failed(AttachState.UNREADABLE, reason == null ? e.toString() : reason);
        } catch (IOException e) {
            return Opened.failed(AttachState.UNREADABLE, e.toString());
        }
    }

    /** RandomAccessFile has one exception for every reason. */
    private Opened notOpened(FileNotFoundException e) {
        if (Files.notExists(path)) {
            return Opened.failed(AttachState.ABSENT, absence());
        }
        return Opened.failed(AttachState.UNREADABLE, Files.isReadable(path) ? e.toString() : denial());
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
        // Not FileChannel.open: the VM's late news of a vanished page can come up inside a channel's size(), where it
        // leaves Java 17's list of the threads at work damaged, for which closing then waits for ever.
        RandomAccessFile opened = new RandomAccessFile(path.toFile(), "r");
        boolean keep = false;
        try {
            long sizeBytes = opened.length();
            if (sizeBytes < RegionLayout.MIN_REGION_BYTES) {
                return Optional.of(tooShort(sizeBytes));
            }
            if (!key(attributes()).equals(key(before))) {
                return Optional.empty();
            }
            denials = 0;
            ledger.beforeMapping();
            ByteBuffer mapping = opened.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, mappable(sizeBytes));
            ledger.mapped(mapping);
            MappedRegion region = new MappedRegion(opened, RegionBuffer.of(mapping), key(before));
            keep = true;
            return Optional.of(new Opened(AttachState.ATTACHED, sizeBytes + " bytes", Optional.of(region)));
        } finally {
            if (!keep) {
                FileCloser.closeElsewhere(opened);
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
    Change changeOf(MappedRegion region) {
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

    private static Change sizeChange(MappedRegion region) {
        int compared = Integer.compare(mappable(region.fileSizeBytes()), region.mappedBytes());
        if (compared == 0) {
            return Change.NONE;
        }
        return compared > 0 ? Change.GROWN : Change.TRUNCATED;
    }

    /** A buffer cannot be larger; what lies beyond is not used. */
    private static int mappable(long sizeBytes) {
        return (int) Math.min(sizeBytes, Integer.MAX_VALUE);
    }

    private BasicFileAttributes attributes() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class);
    }

    private static Optional<Object> key(BasicFileAttributes attributes) {
        return Optional.ofNullable(attributes.fileKey());
    }
}
