package io.sdros.it.stress;

import io.sdros.shm.protocol.FrameCrc;
import io.sdros.shm.reader.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * What the frame with a given number contains: size and bytes follow from {@code frame_seq}, so a reader can check
 * every byte. Writers in other processes and languages read the same from a file.
 *
 * <p>The payload is a stretch of one block of random bytes. Which stretch is looked up in a table by the number's
 * low bits; neighbours in the table begin at different places, so that nearly every byte differs from frame to frame.
 *
 * <pre>
 *   file, little-endian: ENTRIES times { u32 size, u32 offset in the block, u32 CRC-32, u32 0 }, then the block
 * </pre>
 */
final class FrameContents {

    static final int ENTRIES = 4096;
    static final int ENTRY_BYTES = 16;
    static final long FRAME_ID_FACTOR = 3;

    private static final int OFFSETS = 1 << 16;
    private static final int KEYFRAME_EVERY = 10;

    private final ByteBuffer table;
    private final ByteBuffer block;

    private FrameContents(ByteBuffer table, ByteBuffer block) {
        this.table = table.order(ByteOrder.LITTLE_ENDIAN);
        this.block = block;
    }

    /** Sizes from 0 to the given maximum, both of them included, small ones as often as large ones. */
    static FrameContents random(int maxPayloadBytes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = new byte[maxPayloadBytes + OFFSETS];
        random.nextBytes(bytes);
        FrameContents contents =
                new FrameContents(ByteBuffer.allocate(ENTRIES * ENTRY_BYTES), ByteBuffer.wrap(bytes));
        int magnitudes = 32 - Integer.numberOfLeadingZeros(maxPayloadBytes);
        for (int i = 0; i < ENTRIES; i++) {
            int size = switch (i % 16) {
                case 0 -> 0;
                case 8 -> maxPayloadBytes;
                default -> Math.min(maxPayloadBytes, random.nextInt(1 << random.nextInt(1, magnitudes + 1)));
            };
            int offset = random.nextInt(OFFSETS);
            contents.table.putInt(i * ENTRY_BYTES, size).putInt(i * ENTRY_BYTES + 4, offset)
                    .putInt(i * ENTRY_BYTES + 8, FrameCrc.of(contents.block.slice(offset, size)));
        }
        return contents;
    }

    static FrameContents load(Path file) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file));
        int tableBytes = ENTRIES * ENTRY_BYTES;
        return new FrameContents(all.slice(0, tableBytes), all.slice(tableBytes, all.capacity() - tableBytes));
    }

    void save(Path file) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(table.capacity() + block.capacity());
        all.put(table.duplicate().rewind()).put(block.duplicate().rewind());
        Files.write(file, all.array());
    }

    int sizeBytes(long frameSeq) {
        return table.getInt(entry(frameSeq));
    }

    int crc32(long frameSeq) {
        return table.getInt(entry(frameSeq) + 8);
    }

    ByteBuffer payload(long frameSeq) {
        return block.slice(table.getInt(entry(frameSeq) + 4), sizeBytes(frameSeq));
    }

    static int flags(long frameSeq) {
        return frameSeq % KEYFRAME_EVERY == 1 ? 1 : 0;
    }

    private static int entry(long frameSeq) {
        return (int) (frameSeq & (ENTRIES - 1)) * ENTRY_BYTES;
    }

    /** How many bytes of the frame are not what its number says; a wrong size counts as one at least. */
    long wrongBytes(Frame frame) {
        long seq = frame.frameSeq();
        ByteBuffer expected = payload(seq);
        ByteBuffer actual = frame.payload();
        boolean headerRight = frame.frameId() == FRAME_ID_FACTOR * seq && frame.flags() == flags(seq)
                && frame.codec() == 1 && frame.sizeBytes() == expected.remaining();
        if (headerRight && actual.equals(expected)) {
            return 0;
        }
        long wrong = headerRight ? 0 : 1;
        int common = Math.min(actual.remaining(), expected.remaining());
        for (int i = 0; i < common; i++) {
            wrong += actual.get(i) == expected.get(i) ? 0 : 1;
        }
        return Math.max(1, wrong);
    }
}
