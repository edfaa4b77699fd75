package io.sdros.shm.reader;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads an open file by position. */
final class FileSource implements RegionSource {

    private final FileChannel channel;
    private final ReadBuffer buffer;
    private String failure = "";

    FileSource(FileChannel channel, ReadBuffer buffer) {
        this.channel = channel;
        this.buffer = buffer;
    }

    @Override
    public int copy(long position, byte[] target, int targetOffset, int lengthBytes) {
        int copied = 0;
        try {
            while (copied < lengthBytes) {
                ByteBuffer room = buffer.roomFor(lengthBytes - copied);
                int count = channel.read(room, position + copied);
                if (count <= 0) {
                    break;
                }
                room.get(0, target, targetOffset + copied, count);
                copied += count;
            }
        } catch (IOException e) {
            failure = e.toString();
        }
        return copied;
    }

    @Override
    public long sizeBytes() {
        try {
            return channel.size();
        } catch (IOException e) {
            failure = e.toString();
            return 0;
        }
    }

    /** Why it ended where no file ends; empty unless it did. */
    String failure() {
        return failure;
    }
}
