package io.sdros.shm.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/**
 * Writes frames into a region file. Any number of processes may read it meanwhile; there must be no second writer.
 *
 * <p>Opening creates or reuses the file, gives it its size and says that nothing is committed. Frames are numbered
 * from 1, in the commit sequence and in {@code frame_seq} alike. While a frame is being replaced its write length is
 * 0, which readers that know nothing of this mark take for an unusable length and try again.
 *
 * <p>Not thread-safe: one thread at a time. If the file system cannot provide a page of the file (a full tmpfs, a
 * file truncated by somebody else) {@link #write} throws {@link InternalError}. Closing leaves the file and its last
 * frame in place.
 */
public final class ShmWriter implements AutoCloseable {

    private final boolean crcEnabled;
    private final int maxPayloadBytes;
    private Optional<RegionBuffer> open;
    private long framesWritten;
    private long framesRefused;

    ShmWriter(RegionBuffer region, boolean crcEnabled) {
        this.crcEnabled = crcEnabled;
        this.maxPayloadBytes = region.maxPayloadBytes();
        this.open = Optional.of(region);
        region.clear();
    }

    /** Starts the description of a writer to the given file. */
    public static Builder builder(Path path) {
        return new Builder(path);
    }

    /**
     * Writes one frame, or refuses it if it does not fit: then nothing is stored, and readers keep the last one.
     *
     * @param payload from position to limit; neither moves
     * @param frameId u64, passed through
     * @param flags   u16, {@link FrameFlags}
     * @param codec   u16, {@link Codecs}
     * @return whether the frame was written
     * @throws IllegalArgumentException if flags or codec are no u16
     * @throws IllegalStateException    if this writer is closed
     */
    public boolean write(ByteBuffer payload, long frameId, int flags, int codec) {
        RegionBuffer region = open.orElseThrow(() -> new IllegalStateException("this writer is closed"));
        int sizeBytes = payload.remaining();
        if (sizeBytes > maxPayloadBytes) {
            framesRefused++;
            return false;
        }
        long number = framesWritten + 1;
        int crc32 = crcEnabled ? FrameCrc.of(payload) : 0;
        FrameHeader header = new FrameHeader(frameId, number, sizeBytes, flags, codec, crc32, 0);
        region.markInProgress();
        region.putHeader(header);
        region.putPayload(payload);
        region.commitRelease((long) FrameHeaderLayout.HEADER_BYTES + sizeBytes, number);
        framesWritten = number;
        return true;
    }

    /** How many frames were written; also the number of the last one. */
    public long framesWritten() {
        return framesWritten;
    }

    /** How many frames did not fit. */
    public long framesRefused() {
        return framesRefused;
    }

    /** The largest payload that is not refused, in bytes. */
    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    /** Lets go of the mapping, which the garbage collector then undoes. Closing again does nothing. */
    @Override
    public void close() {
        open = Optional.empty();
    }

    /** What a writer is made from. Not thread-safe. */
    public static final class Builder {

        private final Path path;
        private int regionBytes = RegionLayout.DEFAULT_REGION_BYTES;
        private boolean crcEnabled = true;
        private Optional<Set<PosixFilePermission>> fileMode = Optional.empty();

        private Builder(Path path) {
            this.path = path;
        }

        /**
         * Size of the file in bytes; 4 MiB unless set.
         *
         * @throws IllegalArgumentException if no frame fits a region of that size
         */
        public Builder regionBytes(int regionBytes) {
            RegionLayout.maxPayloadBytes(regionBytes);
            this.regionBytes = regionBytes;
            return this;
        }

        /** Whether headers carry the payload's CRC; otherwise 0. On unless set. */
        public Builder crcEnabled(boolean crcEnabled) {
            this.crcEnabled = crcEnabled;
            return this;
        }

        /** Permissions the file is given, whoever created it; left to the process's umask unless set. */
        public Builder fileMode(Set<PosixFilePermission> fileMode) {
            this.fileMode = Optional.of(Set.copyOf(fileMode));
            return this;
        }

        /**
         * Creates missing folders and the file, or reuses it, and maps it.
         *
         * @throws IOException if the file cannot be created, sized, given its permissions or mapped
         */
        public ShmWriter open() throws IOException {
            Path folder = path.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            try (FileChannel channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                if (fileMode.isPresent()) {
                    Files.setPosixFilePermissions(path, fileMode.get());
                }
                // First of all: a file that was cut short and is made longer below would look like its old frame,
                // with zeros in the payload.
                channel.write(ByteBuffer.allocate(RegionLayout.HEADER_OFFSET), 0);
                if (channel.size() > regionBytes) {
                    channel.truncate(regionBytes);
                }
                // Mapping makes a shorter file longer.
                ByteBuffer mapping = channel.map(FileChannel.MapMode.READ_WRITE, 0, regionBytes);
                return new ShmWriter(RegionBuffer.of(mapping), crcEnabled);
            }
        }
    }
}
