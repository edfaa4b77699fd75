package io.sdros.shm.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.shm.protocol.Codecs;
import io.sdros.shm.protocol.FrameFlags;
import io.sdros.shm.protocol.HistoryLayout;
import io.sdros.shm.protocol.ShmWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A file that the library's writer writes, into whose memory a test can reach, and a reader of it. */
abstract class WrittenHistory {

    static final int SLOT_BYTES = 32_768;
    static final int RING_BYTES = 65_536;
    static final int RING_OFFSET = SLOT_BYTES;
    static final int DESCRIPTOR_OFFSET = RING_OFFSET + RING_BYTES;
    static final int FILE_BYTES = DESCRIPTOR_OFFSET + HistoryLayout.DESCRIPTOR_BYTES;
    static final int LARGE = 10_000;
    static final int SLOT_ONLY = 20_000;

    @TempDir
    Path folder;

    ShmWriter writer;
    RegionImage image;
    FrameReader reader;
    long clockOffsetNanos;
    Frame last;

    @BeforeEach
    void open() throws IOException {
        writer = newWriter();
        image = RegionImage.inFile(folder.resolve("frames"), FILE_BYTES);
        reader = newReader(builder -> builder);
    }

    @AfterEach
    void close() {
        writer.close();
    }

    final ShmWriter newWriter() throws IOException {
        return ShmWriter.builder(folder.resolve("frames")).regionBytes(SLOT_BYTES).historyBytes(RING_BYTES).bell(false)
                .open();
    }

    final FrameReader newReader(UnaryOperator<FrameReader.Builder> options) {
        return options.apply(FrameReader.builder(image.region()).nanoClock(() -> System.nanoTime() + clockOffsetNanos))
                .build();
    }

    final void write(boolean keyframe, int bytes) {
        byte[] payload = new byte[bytes];
        payload[0] = (byte) (writer.framesWritten() + 1);
        assertThat(writer.write(ByteBuffer.wrap(payload), 0, keyframe ? FrameFlags.KEYFRAME : 0, Codecs.H264, 1)).isTrue();
    }

    final void key() {
        write(true, 100);
    }

    final void delta() {
        write(false, 100);
    }

    /** The numbers of all frames that can be read now; anything but frames and their end is noted, too. */
    final List<Object> readAll(LongConsumer... lost) {
        List<Object> seen = new ArrayList<>();
        for (ReadOutcome outcome = reader.attempt(); outcome != ReadOutcome.NO_NEW_FRAME; outcome = reader.attempt()) {
            if (reader.lostFrames() != 0 && lost.length > 0) {
                lost[0].accept(reader.lostFrames());
            }
            if (outcome == ReadOutcome.FRAME) {
                assertThat(reader.frame().payload().get(0)).isEqualTo((byte) reader.frame().frameSeq());
                last = reader.frame();
                seen.add(last.frameSeq());
            } else {
                seen.add(outcome);
            }
            assertThat(seen).as("an end").hasSizeLessThan(100);
        }
        return seen;
    }
}
