package io.sdros.shm.protocol;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Writes frames into a region file. Any number of processes may read it meanwhile; there must be no second writer.
 *
 * <p>Opening creates or reuses the file, gives it its size and says that nothing is committed. Frames are numbered
 * from 1, in the commit sequence and in {@code frame_seq} alike. While a frame is being replaced its write length is
 * 0, which readers that know nothing of this mark take for an unusable length and try again.
 *
 * <p>The file is written by position, never mapped: a file that somebody else has cut short grows again with the next
 * frame, and a file system without room is an exception of the write that found none. An interrupt of the thread is
 * left to the caller; it does not disturb a write.
 *
 * <p>Sequence and length are stored with one call of eight aligned bytes each, which Linux copies at once on x86-64 and
 * arm64, and so are the numbers in the history's descriptor. Nobody promises that; a reader that should see half of a
 * number does not find the same when it looks again, nor a descriptor whose numbers agree with each other.
 *
 * <p>Behind the slot it keeps a history of the last frames ({@link HistoryLayout}), from which a reader that was not run
 * for a while reads what the slot has lost. A frame longer than a quarter of the ring is in the slot only, and so is one
 * that the file system has no room for in the ring; {@link #framesNotInHistory} counts both. The ring's memory is taken as
 * it is filled, not at the start. Readers that know nothing of it use the slot.
 *
 * <p>After each commit it rings the bell ({@link BellAddress}), so that readers need not poll. Where there can be none,
 * they do; {@link #bell} says which, and why.
 *
 * <p>Not thread-safe: one thread at a time. Closing leaves the file and its last frame in place.
 */
public final class ShmWriter implements AutoCloseable {

    private final boolean crcEnabled;
    private final int maxPayloadBytes;
    private final ByteBuffer number = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer headerBytes = ByteBuffer.allocateDirect(FrameHeaderLayout.HEADER_BYTES);
    private final Optional<HistoryWriter> history;
    private Optional<RegionSink> open;
    private Optional<UnixDomainSocketAddress> bellAddress = Optional.empty();
    private Optional<Bell> bell = Optional.empty();
    private String bellReason = "not wanted";
    private long framesWritten;
    private long framesRefused;
    private long framesNotInHistory;

    ShmWriter(RegionSink region, int regionBytes, boolean crcEnabled, Optional<HistoryWriter> history) {
        this.crcEnabled = crcEnabled;
        this.history = history;
        this.maxPayloadBytes = RegionLayout.maxPayloadBytes(regionBytes);
        this.open = Optional.of(region);
    }

    /** Starts the description of a writer to the given file. */
    public static Builder builder(Path path) {
        return new Builder(Objects.requireNonNull(path, "path"));
    }

    /** As {@link #write(ByteBuffer, long, int, int, long)}, of a picture that was taken nobody knows when. */
    public boolean write(ByteBuffer payload, long frameId, int flags, int codec) {
        return write(payload, frameId, flags, codec, 0);
    }

    /**
     * Writes one frame, or refuses it if it does not fit: then nothing is stored, and readers keep the last one.
     *
     * @param payload      from position to limit; neither moves
     * @param frameId      u64, passed through
     * @param flags        u16, {@link FrameFlags}
     * @param codec        u16, {@link Codecs}
     * @param captureNanos when the picture was taken, by this machine's {@link System#nanoTime}; 0 = unknown. Only the
     *                     history has a place for it
     * @return whether the frame was written
     * @throws IllegalArgumentException if flags or codec are no u16
     * @throws IllegalStateException    if this writer is closed
     * @throws UncheckedIOException     if the file system has no room for it (a full tmpfs), or fails otherwise. The
     *                                  frame before may be gone; readers know. The next frame may be written as if
     *                                  nothing had been. The frame may be in the history; then it counts as written
     */
    public boolean write(ByteBuffer payload, long frameId, int flags, int codec, long captureNanos) {
        RegionSink region = open.orElseThrow(() -> new IllegalStateException("this writer is closed"));
        int sizeBytes = payload.remaining();
        if (sizeBytes > maxPayloadBytes) {
            framesRefused++;
            return false;
        }
        long sequence = framesWritten + 1;
        int crc32 = crcEnabled ? FrameCrc.of(payload) : 0;
        FrameHeader header = new FrameHeader(frameId, sequence, sizeBytes, flags, codec, crc32, 0);
        boolean remembered = history.isPresent() && remember(history.get(), header, payload, sequence, captureNanos);
        if (remembered) {
            // Whatever becomes of the slot: readers are about to find a frame of this number.
            framesWritten = sequence;
        } else if (history.isPresent()) {
            framesNotInHistory++;
        }
        try {
            store(region, header, payload, sequence);
        } catch (IOException e) {
            throw new UncheckedIOException("frame " + sequence + " could not be written", e);
        }
        framesWritten = sequence;
        ring();
        return true;
    }

    /** Before the slot: whoever sees the slot's sequence finds the record. The slot is there for what this has no room for. */
    private static boolean remember(HistoryWriter history, FrameHeader header, ByteBuffer payload, long sequence,
            long captureNanos) {
        if (!history.holds(payload.remaining())) {
            return false;
        }
        try {
            history.append(header, payload, sequence, captureNanos);
            return true;
        } catch (IOException e) {
            // If it is the file that fails, the slot's store is about to say so.
            return false;
        }
    }

    /** An interrupt would close the channels, as it would the file; it stays set for the caller. */
    private void ring() {
        if (bell.isEmpty()) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        bell.get().ring();
        interrupted |= Thread.interrupted();
        if (!bell.get().isOpen()) {
            bell.get().close();
            openBell(bellAddress.orElseThrow());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void openBell(UnixDomainSocketAddress address) {
        bellAddress = Optional.of(address);
        try {
            bell = Optional.of(Bell.open(address));
            bellReason = address.getPath().toString();
        } catch (IOException | UnsupportedOperationException e) {
            bell = Optional.empty();
            bellReason = "no bell: " + e;
        }
    }

    private void withoutBell(String reason) {
        bellReason = "no bell: " + reason;
    }

    /**
     * The five stores of a frame. What the kernel copies in a call is stored by this processor in the order of this
     * program's calls, so a fence between two calls orders the copies on both sides of it, on Arm as on x86.
     */
    private void store(RegionSink region, FrameHeader header, ByteBuffer payload, long sequence) throws IOException {
        store(region, 0, RegionLayout.WRITE_LENGTH_OFFSET);
        // No byte of this frame is visible before the mark. Pairs with the acquire fence before a reader's second
        // look. A full fence, though release is what is asked for: large copies may use streaming stores, which x86
        // does not keep behind earlier stores.
        VarHandle.fullFence();
        header.encode(headerBytes, 0);
        region.store(headerBytes.clear(), RegionLayout.HEADER_OFFSET);
        // Nor is one of the payload before the header, for readers that look at nothing else.
        VarHandle.releaseFence();
        region.store(payload.duplicate(), RegionLayout.PAYLOAD_OFFSET);
        // Full, for the same stores: whoever sees this length sees the frame. Pairs with the fence after a reader's
        // first look.
        VarHandle.fullFence();
        store(region, FrameHeaderLayout.HEADER_BYTES + header.sizeBytes(), RegionLayout.WRITE_LENGTH_OFFSET);
        // Whoever sees this sequence sees its length. Pairs with the same.
        VarHandle.releaseFence();
        store(region, sequence, RegionLayout.SEQUENCE_OFFSET);
    }

    private void store(RegionSink region, long value, int offset) throws IOException {
        number.putLong(0, value);
        region.store(number.clear(), offset);
    }

    /** How many frames were written; also the number of the last one. */
    public long framesWritten() {
        return framesWritten;
    }

    /** How many frames did not fit. */
    public long framesRefused() {
        return framesRefused;
    }

    /** How many of the frames written are in the slot only; 0 if there is no history. */
    public long framesNotInHistory() {
        return framesNotInHistory;
    }

    /** How many readers the bell is rung for, as far as is known; empty if there is no bell. */
    public OptionalInt bellReaders() {
        return bell.isPresent() ? OptionalInt.of(bell.get().readers()) : OptionalInt.empty();
    }

    /** The path of the bell's socket, or why there is none; for people. */
    public String bell() {
        return bellReason;
    }

    /** The largest payload that is not refused, in bytes. */
    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    /** Closes the file and takes the bell away. Closing again does nothing. */
    @Override
    public void close() {
        bell.ifPresent(Bell::close);
        bell = Optional.empty();
        open.ifPresent(RegionSink::close);
        open = Optional.empty();
    }

    /** What a writer is made from. Not thread-safe. */
    public static final class Builder {

        private final Path path;
        private int regionBytes = RegionLayout.DEFAULT_REGION_BYTES;
        private int historyBytes = HistoryLayout.DEFAULT_RING_BYTES;
        private boolean crcEnabled = true;
        private boolean bell = true;
        private Optional<Set<PosixFilePermission>> fileMode = Optional.empty();

        private Builder(Path path) {
            this.path = path;
        }

        /**
         * Size of the slot part in bytes, which without a history is all of the file; 4 MiB unless set.
         *
         * @throws IllegalArgumentException if no frame fits a region of that size
         */
        public Builder regionBytes(int regionBytes) {
            RegionLayout.maxPayloadBytes(regionBytes);
            this.regionBytes = regionBytes;
            return this;
        }

        /**
         * Size of the history's ring in bytes, 0 for no history; 8 MiB unless set. It should hold a second of frames, and
         * more than one group of pictures.
         *
         * @throws IllegalArgumentException if it is neither 0 nor a power of two from 64 KiB to 1 GiB
         */
        public Builder historyBytes(int historyBytes) {
            if (historyBytes != 0 && !HistoryLayout.isRingSize(historyBytes)) {
                throw new IllegalArgumentException("historyBytes must be 0 or a power of two from "
                        + HistoryLayout.MIN_RING_BYTES + " to " + HistoryLayout.MAX_RING_BYTES + ", not " + historyBytes);
            }
            this.historyBytes = historyBytes;
            return this;
        }

        /** Whether headers carry the payload's CRC; otherwise 0. On unless set. */
        public Builder crcEnabled(boolean crcEnabled) {
            this.crcEnabled = crcEnabled;
            return this;
        }

        /** Whether there is to be a bell. Yes unless set. */
        public Builder bell(boolean bell) {
            this.bell = bell;
            return this;
        }

        /** Permissions the file is given, whoever created it; left to the process's umask unless set. */
        public Builder fileMode(Set<PosixFilePermission> fileMode) {
            this.fileMode = Optional.of(Set.copyOf(fileMode));
            return this;
        }

        /**
         * Creates missing folders and the file, or reuses it, and says that nothing is committed.
         *
         * @throws IOException if the file cannot be created, sized or given its permissions
         */
        public ShmWriter open() throws IOException {
            Path folder = path.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
            try {
                if (fileMode.isPresent()) {
                    Files.setPosixFilePermissions(path, fileMode.get());
                }
                RegionFileSink sink = new RegionFileSink(path, file.getChannel());
                // First of all: a file that was cut short and is made longer below would look like its old frame,
                // with zeros in the payload.
                sink.store(ByteBuffer.allocate(RegionLayout.HEADER_OFFSET), 0);
                file.setLength(historyBytes == 0 ? regionBytes : HistoryLayout.fileBytes(regionBytes, historyBytes));
                Optional<HistoryWriter> history = historyBytes == 0 ? Optional.empty() : Optional.of(
                        new HistoryWriter(sink, regionBytes, historyBytes, new SecureRandom()::nextLong, System::nanoTime));
                if (history.isPresent()) {
                    history.get().begin();
                }
                ShmWriter writer = new ShmWriter(sink, regionBytes, crcEnabled, history);
                if (bell) {
                    BellAddress.of(path).ifPresentOrElse(writer::openBell, () -> writer.withoutBell(
                            "its path would be longer than the " + BellAddress.MAX_PATH_BYTES + " bytes of a Unix socket's"));
                }
                return writer;
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        }
    }
}
