package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.FrameHeaderLayout;
import io.sdros.shm.protocol.HistoryLayout;
import io.sdros.shm.protocol.HistoryRecordLayout;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Descriptors and records with anything in them: an attempt ends with an outcome, takes memory for a frame that fits the
 * ring at most, and what it hands over is a frame that was written. After all that, a sound file is read again.
 */
class HistoryFuzzTest {

    private static final int SLOT_BYTES = 4_096;
    private static final int RING_BYTES = 65_536;
    private static final int DESCRIPTOR_OFFSET = SLOT_BYTES + RING_BYTES;
    private static final int FILE_BYTES = DESCRIPTOR_OFFSET + HistoryLayout.DESCRIPTOR_BYTES;
    private static final int ROUNDS = 3_000;
    private static final long[] NUMBERS =
        {0, 1, 63, 64, 65, 128, RING_BYTES - 64, RING_BYTES, RING_BYTES + 64, 1L << 31, 1L << 32, 1L << 62, Long.MAX_VALUE - 63,
            Long.MIN_VALUE, -1, -64, -128};

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(16);
    private RegionImage image;
    private int largestBytes;

    @Test
    void onlyWhatWasWrittenIsHandedOverWhateverTheFileSays() throws IOException {
        Path file = folder.resolve("frames");
        try (ShmWriter writer = ShmWriter.builder(file).regionBytes(SLOT_BYTES).historyBytes(RING_BYTES).bell(false).open()) {
            image = RegionImage.inFile(file, FILE_BYTES);
            int frames = 0;
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = random.nextInt(1, 8); i > 0; i--) {
                    write(writer);
                }
                frames += round(writer);
            }
            assertThat(frames).as("frames that were read all the same").isGreaterThan(ROUNDS / 10);
            assertThat(largestBytes).as("most that was asked for").isLessThanOrEqualTo(RING_BYTES);
        }
        try (ShmWriter writer = ShmWriter.builder(file).regionBytes(SLOT_BYTES).historyBytes(RING_BYTES).bell(false).open()) {
            FrameReader reader = reader();
            write(writer);
            assertThat(reader.attempt()).isEqualTo(ReadOutcome.FRAME);
            assertThat(reader.history().active()).isTrue();
        }
    }

    private void write(ShmWriter writer) {
        byte[] payload = new byte[random.nextInt(10, SLOT_BYTES - 48)];
        Arrays.fill(payload, (byte) (writer.framesWritten() + 1));
        writer.write(ByteBuffer.wrap(payload), 0, random.nextInt(3) == 0 ? FrameFlags.KEYFRAME : 0, Codecs.H264);
    }

    private FrameReader reader() {
        return FrameReader.builder(image.region()).keyframeGating(false).allocator(bytes -> {
            largestBytes = Math.max(largestBytes, bytes);
            return new byte[bytes];
        }).build();
    }

    /** Reads a damaged file, damages it more meanwhile, and puts the descriptor right again; answers how many frames came. */
    private int round(ShmWriter writer) {
        byte[] descriptor = new byte[HistoryLayout.USED_BYTES];
        image.memory().get(DESCRIPTOR_OFFSET, descriptor);
        FrameReader reader = reader();
        int frames = 0;
        for (int i = 0; i < 6; i++) {
            if (i == random.nextInt(3)) {
                damage();
            }
            if (random.nextInt(4) == 0) {
                damageAfter(random.nextInt(3));
            }
            ReadOutcome outcome = reader.attempt();
            if (outcome == ReadOutcome.FRAME) {
                frames++;
                check(reader.frame(), writer.framesWritten());
            } else if (outcome.failure() && random.nextBoolean()) {
                reader.giveUp();
            }
            if (random.nextInt(8) == 0) {
                reader.reexamine();
            }
            if (random.nextInt(8) == 0) {
                reader.resume(false);
            }
        }
        image.region().afterFrameCopy(() -> { });
        image.region().cutShort(FILE_BYTES);
        image.memory().put(DESCRIPTOR_OFFSET, descriptor);
        return frames;
    }

    /** Some copies later. */
    private void damageAfter(int copies) {
        image.region().afterFrameCopy(copies == 0 ? this::damageOnce : () -> damageAfter(copies - 1));
    }

    private void damageOnce() {
        image.region().afterFrameCopy(() -> { });
        damage();
    }

    private void damage() {
        switch (random.nextInt(7)) {
            case 0 -> image.region().cutShort(random.nextInt(FILE_BYTES + 1));
            case 1 -> image.memory().put(DESCRIPTOR_OFFSET + random.nextInt(HistoryLayout.USED_BYTES), (byte) random.nextInt());
            case 2 -> image.memory().putLong(DESCRIPTOR_OFFSET + 8 * random.nextInt(HistoryLayout.USED_BYTES / 8), number());
            case 3 -> image.memory().putInt(SLOT_BYTES + 64 * random.nextInt(RING_BYTES / 64) + 4 * random.nextInt(16),
                    (int) number());
            case 4 -> image.memory().putLong(SLOT_BYTES + 64 * random.nextInt(RING_BYTES / 64) + 8 * random.nextInt(8), number());
            case 5 -> {
                // The size of the record that is about to be copied, as likely as not.
                long latest = image.memory().getLong(DESCRIPTOR_OFFSET + HistoryLayout.LATEST_OFFSET) & RING_BYTES - 64;
                image.memory().putInt(SLOT_BYTES + (int) latest + HistoryRecordLayout.HEADER_OFFSET
                        + FrameHeaderLayout.SIZE_OFFSET, random.nextInt(SLOT_BYTES));
            }
            default -> image.memory().putLong(DESCRIPTOR_OFFSET + 64 * random.nextInt(1, 5),
                    64L * random.nextInt(2 * RING_BYTES / 64));
        }
    }

    private long number() {
        return random.nextInt(3) == 0 ? random.nextLong() : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    /** The payload says which frame it is of; the header is not covered by the CRC, so it may say anything. */
    private static void check(Frame frame, long framesWritten) {
        byte[] payload = new byte[frame.sizeBytes()];
        frame.payload().get(payload);
        if (payload.length > 0) {
            byte[] whole = new byte[payload.length];
            Arrays.fill(whole, payload[0]);
            assertThat(payload).isEqualTo(whole);
        }
        assertThat(payload.length).isLessThanOrEqualTo(SLOT_BYTES);
        assertThat(framesWritten).isPositive();
    }
}
