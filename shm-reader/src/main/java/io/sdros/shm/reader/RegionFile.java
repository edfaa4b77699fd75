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
    private static final String PERMISSION_DENIED = "permission denied";

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
    enum Change { NONE, GROWN, TRUNCATED, REPLACED, REMOVED }

    private final Path path;
    private final MappingLedger ledger;

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
            return Opened.failed(AttachState.UNREADABLE, PERMISSION_DENIED);
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
        return Opened.failed(AttachState.UNREADABLE, Files.isReadable(path) ? e.toString() : PERMISSION_DENIED);
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
            return Optional.of(Opened.failed(AttachState.ABSENT, "is not a regular file"));
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

    private static Opened tooShort(long sizeBytes) {
        return Opened.failed(AttachState.TOO_SHORT,
                "has " + sizeBytes + " bytes; the smallest region has " + RegionLayout.MIN_REGION_BYTES);
    }

    /** What became of an opened file. If the path cannot be looked at, only the size is compared. */
    Change changeOf(MappedRegion region) {
        try {
            if (!key(attributes()).equals(region.fileKey())) {
                return Change.REPLACED;
            }
        } catch (NoSuchFileException e) {
            return Change.REMOVED;
        } catch (IOException e) {
            return sizeChange(region);
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
