package io.sdros.shm.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * Writes into a region file by position. There is no mapping, so a page that is not to be had is an exception of the
 * call that wanted it. A thread's interrupt closes any file it is writing to; here it only stays set: a producer that
 * is interrupted goes on.
 */
final class RegionFileSink implements RegionSink {

    /** What is not direct is copied through a buffer of this size, which the JDK keeps for the thread. */
    private static final int PIECE_BYTES = 128 * 1024;

    private final Path path;
    private final Object fileKey;
    private FileChannel channel;

    RegionFileSink(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.fileKey = key(path);
    }

    private static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    @Override
    public void store(ByteBuffer source, long position) throws IOException {
        int end = source.limit();
        long at = position - source.position();
        while (source.position() < end) {
            source.limit(Math.min(end, source.position() + PIECE_BYTES));
            piece(source, at + source.position());
            source.limit(end);
        }
    }

    private void piece(ByteBuffer source, long position) throws IOException {
        int start = source.position();
        while (source.hasRemaining()) {
            undisturbed(() -> channel.write(source, position + source.position() - start));
        }
    }

    @Override
    public long sizeBytes() throws IOException {
        return undisturbed(() -> channel.size());
    }

    /** What is done with the channel. */
    private interface Operation {

        long perform() throws IOException;
    }

    private long undisturbed(Operation operation) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return operation.perform();
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                    reopen();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The interrupt came in the very moment of a write. */
    private void reopen() throws IOException {
        channel = FileChannel.open(path, StandardOpenOption.WRITE);
        if (!Objects.equals(key(path), fileKey)) {
            channel.close();
            throw new FileSystemException(path.toString(), null, "is another file now");
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
